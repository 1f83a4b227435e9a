package io.usageflow.benchmarks.latency;

/**
 * How much is measured. Immutable.
 *
 * @param quick whether this is too small to judge by
 * @param rounds that count
 * @param warmUpEvents flow before, four times as fast, so that no JVM is cold
 * @param seconds of a round
 * @param eventsPerSecond published evenly
 */
public record LatencyPlan(boolean quick, int rounds, int warmUpEvents, int seconds, int eventsPerSecond) {
    public LatencyPlan {
        if (rounds < 1 || warmUpEvents < 1 || seconds < 1 || eventsPerSecond < 1) {
            throw new IllegalArgumentException(
                    "at least one round, one second, one event per second and one to warm up");
        }
    }

    /** What the goal speaks of; five minutes. */
    public static LatencyPlan full() {
        return new LatencyPlan(false, 7, 160_000, 25, 1_000);
    }

    /** Whether everything works, and roughly how fast. */
    public static LatencyPlan quickly() {
        return new LatencyPlan(true, 3, 60_000, 8, 1_000);
    }

    int roundEvents() {
        return seconds * eventsPerSecond;
    }

    int events() {
        return warmUpEvents + rounds * roundEvents();
    }
}
