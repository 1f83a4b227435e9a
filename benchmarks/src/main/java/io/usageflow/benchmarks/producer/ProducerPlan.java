package io.usageflow.benchmarks.producer;

import java.util.List;

/**
 * How much is measured. Immutable.
 *
 * @param quick whether this is too small to judge by
 * @param sides in their order
 * @param rounds that count
 * @param floodEvents of a round, as fast as one thread can
 * @param paceSeconds of a round at a given pace
 * @param pacePerSecond events
 * @param jmhIterations that count, for each side
 */
public record ProducerPlan(
        boolean quick,
        List<ProducerSide> sides,
        int rounds,
        int floodEvents,
        int paceSeconds,
        int pacePerSecond,
        int jmhIterations) {
    public ProducerPlan {
        sides = List.copyOf(sides);
    }

    /** What the goals speak of; some ten minutes. */
    public static ProducerPlan full() {
        return new ProducerPlan(false, List.of(ProducerSide.values()), 11, 500_000, 5, 10_000, 30);
    }

    /** Whether everything works, and roughly how fast. */
    public static ProducerPlan quickly() {
        return new ProducerPlan(true, List.of(ProducerSide.values()), 5, 150_000, 2, 10_000, 10);
    }
}
