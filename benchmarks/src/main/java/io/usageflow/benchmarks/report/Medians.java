package io.usageflow.benchmarks.report;

import java.util.List;

/** The middle of a row of numbers: steadier than the mean where single repeats are disturbed. */
public final class Medians {
    private Medians() {}

    /** @throws IllegalArgumentException where there are none */
    public static double of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values, no median");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
