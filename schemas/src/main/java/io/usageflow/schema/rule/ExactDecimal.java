package io.usageflow.schema.rule;

import java.math.BigDecimal;
import java.math.RoundingMode;

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

    /**
     * Rounds half to even. Returns the same object where the value has no more digits after the point.
     *
     * @param digits 0 to {@value #SCALE}
     * @throws IllegalArgumentException for another number of digits
     */
    public static BigDecimal round(BigDecimal value, int digits) {
        if (digits < 0 || digits > SCALE) {
            throw new IllegalArgumentException(
                    "amounts are rounded to 0 to " + SCALE + " digits after the point, not to " + digits);
        }
        if (value.scale() <= digits) {
            return value;
        }
        // Less than half of the last digit. A separate case: dividing by a huge power of ten never ends.
        if ((long) value.scale() - value.precision() > digits + 1L) {
            return BigDecimal.ZERO;
        }
        return value.setScale(digits, RoundingMode.HALF_EVEN);
    }
}
