package io.usageflow.benchmarks.report;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers with no more places than mean something. */
public final class Rounded {
    private Rounded() {}

    public static BigDecimal to(int places, double value) {
        return BigDecimal.valueOf(value).setScale(places, RoundingMode.HALF_UP);
    }
}
