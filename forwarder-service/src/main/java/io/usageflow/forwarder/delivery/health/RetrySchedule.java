package io.usageflow.forwarder.delivery.health;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When to try again: exponential with full jitter, so that batches that failed together do not come back together. Pure
 * but for the randomness it is given.
 *
 * <p>The n-th wait is drawn evenly from [min, min(max, min * 2^n)]. A Retry-After is a floor under it, itself bounded,
 * with up to a tenth on top, since other clients received the same time.
 *
 * @param min shortest wait, above zero
 * @param max longest wait of our own
 * @param floorMax bound of what Retry-After may ask for
 */
public record RetrySchedule(Duration min, Duration max, Duration floorMax, RandomGenerator random) {
    private static final int DOUBLINGS_MAX = 30;

    public RetrySchedule {
        if (min.isZero() || min.isNegative() || max.compareTo(min) < 0) {
            throw new IllegalArgumentException("a retry schedule needs 0 < min <= max, not " + min + " and " + max);
        }
    }

    /** @param failures how often it failed in a row, at least 1 */
    public Duration next(int failures, Optional<Duration> floor) {
        if (failures < 1) {
            throw new IllegalArgumentException("nothing failed: " + failures);
        }
        long ceiling = Math.min(max.toNanos(), scaled(min.toNanos(), Math.min(failures, DOUBLINGS_MAX)));
        long drawn = random.nextLong(min.toNanos(), ceiling + 1);
        long asked = floor.map(Duration::toNanos).orElse(0L);
        long bounded = Math.min(asked, floorMax.toNanos());
        if (bounded <= drawn) {
            return Duration.ofNanos(drawn);
        }
        return Duration.ofNanos(bounded + random.nextLong(bounded / 10 + 1));
    }

    private static long scaled(long nanos, int doublings) {
        return nanos > Long.MAX_VALUE >> doublings ? Long.MAX_VALUE - 1 : nanos << doublings;
    }
}
