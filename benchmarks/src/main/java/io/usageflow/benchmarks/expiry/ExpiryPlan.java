package io.usageflow.benchmarks.expiry;

import java.time.Duration;
import java.util.Map;

/**
 * How much is measured. Immutable.
 *
 * @param quick whether this is too small to judge by
 * @param rounds that count; one more comes before and is dropped
 * @param slice events of a slice, and ids that are remembered when it comes. Admission forgets every five seconds, so a
 *     slice has to take longer than that
 */
public record ExpiryPlan(boolean quick, int rounds, long slice) {
    /** The shortest window there is. */
    static final Duration WINDOW = Duration.ofMinutes(1);

    /** Of the side that forgets; events are fresh by far more than the skew. */
    static final Map<String, String> FORGETTING =
            Map.of("admission.dedup.window", WINDOW.toSeconds() + "s", "admission.clock.skew", "5s");

    public ExpiryPlan {
        if (rounds < 1 || slice < 1) {
            throw new IllegalArgumentException("at least one round and one event");
        }
    }

    /** Ten minutes on two cores. */
    public static ExpiryPlan full() {
        return new ExpiryPlan(false, 5, 1_500_000);
    }

    /** Whether it works; a window has to pass between the rounds. */
    public static ExpiryPlan quickly() {
        return new ExpiryPlan(true, 1, 1_000_000);
    }
}
