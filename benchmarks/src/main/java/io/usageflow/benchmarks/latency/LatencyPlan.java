package io.usageflow.benchmarks.latency;

/**
 * How much is measured. Immutable.
 *
 * @param quick whether this is too small to judge by
 * @param rounds that count
 * @param warmUpSeconds events flow before, so that no JVM is cold
 * @param seconds of a round
 * @param eventsPerSecond published evenly
 */
public record LatencyPlan(boolean quick, int rounds, int warmUpSeconds, int seconds, int eventsPerSecond) {
    public LatencyPlan {
        if (rounds < 1 || warmUpSeconds < 1 || seconds < 1 || eventsPerSecond < 1) {
            throw new IllegalArgumentException("at least one round, one second of each, and one event per second");
        }
    }

    /** What the goal speaks of; four minutes. */
    public static LatencyPlan full() {
        return new LatencyPlan(false, 7, 40, 25, 1_000);
    }

    /** Whether everything works, and roughly how fast. */
    public static LatencyPlan quickly() {
        return new LatencyPlan(true, 3, 15, 10, 1_000);
    }

    int warmUpEvents() {
        return warmUpSeconds * eventsPerSecond;
    }

    int roundEvents() {
        return seconds * eventsPerSecond;
    }

    int events() {
        return warmUpEvents() + rounds * roundEvents();
    }
}
