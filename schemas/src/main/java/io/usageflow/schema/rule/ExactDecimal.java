package io.usageflow.schema.rule;

import java.math.BigDecimal;

/** The schema's decimal: {@value #PRECISION} digits, {@value #SCALE} of them after the point. Pure. */
public final class ExactDecimal {
    public static final int PRECISION = 38;
    public static final int SCALE = 18;

    /** Digits before the point. */
    static final int WHOLE_DIGITS_MAX = PRECISION - SCALE;

    private ExactDecimal() {}

    /** Whether the schema can hold the value without changing it; trailing zeros do not count. */
    public static boolean fits(BigDecimal value) {
        if (value.signum() == 0) {
            return true;
        }
        if (value.scale() <= SCALE) {
            // In long: the scale may be as low as Integer.MIN_VALUE.
            return (long) value.precision() - value.scale() <= WHOLE_DIGITS_MAX;
        }
        BigDecimal stripped = value.stripTrailingZeros();
        return stripped.scale() <= SCALE && (long) stripped.precision() - stripped.scale() <= WHOLE_DIGITS_MAX;
    }
}
