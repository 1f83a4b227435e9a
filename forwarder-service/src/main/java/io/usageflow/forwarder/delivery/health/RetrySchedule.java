package io.usageflow.forwarder.delivery.health;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Exponential back-off with full jitter, so that batches that failed together are not retried together.
 *
 * <p>The n-th wait is uniformly random in [min, min(max, min * 2^n)]. A bounded Retry-After is the minimum, plus up to
 * a tenth, since other clients received the same time.
 *
 * @param min shortest wait, above zero
 * @param max longest wait without Retry-After
 * @param floorMax bound of Retry-After
 */
public record RetrySchedule(Duration min, Duration max, Duration floorMax, RandomGenerator random) {
    private static final int DOUBLINGS_MAX = 30;

    public RetrySchedule {
        if (min.isZero() || min.isNegative() || max.compareTo(min) < 0) {
            throw new IllegalArgumentException("a retry schedule needs 0 < min <= max, not " + min + " and " + max);
        }
    }

    /** The next wait after a number of failures in a row, at least 1. */
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
