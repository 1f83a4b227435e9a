package io.usageflow.benchmarks.load;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Ranks from 0, where rank r is drawn in proportion to 1 / (r + 1). Immutable. */
public final class Zipf {
    private final double[] cumulative;

    public Zipf(int ranks) {
        cumulative = new double[ranks];
        double sum = 0;
        for (int rank = 0; rank < ranks; rank++) {
            sum += 1.0 / (rank + 1);
            cumulative[rank] = sum;
        }
    }

    public int draw(SplittableRandom random) {
        double point = random.nextDouble() * cumulative[cumulative.length - 1];
        int found = Arrays.binarySearch(cumulative, point);
        return found >= 0 ? found : Math.min(-found - 1, cumulative.length - 1);
    }
}
