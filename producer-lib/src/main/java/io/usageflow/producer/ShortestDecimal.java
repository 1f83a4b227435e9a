package io.usageflow.producer;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The decimal with the fewest digits that reads back as the same floating-point number.
 *
 * <p>{@link Double#toString(double)} gives one digit too many for some numbers before Java 19 (JDK-4511638), and the
 * same usage must have the same digits on every Java version.
 */
public final class ShortestDecimal {
    /** Above it, not every whole number is a double. */
    private static final double WHOLE_MAX = 1L << 53;

    private static final int FLOAT_DIGITS_MAX = 9;

    private ShortestDecimal() {}

    /**
     * Returns the shortest decimal that reads back as the value.
     *
     * @param value finite
     */
    public static BigDecimal of(double value) {
        if (value == Math.rint(value) && Math.abs(value) <= WHOLE_MAX) {
            return BigDecimal.valueOf((long) value);
        }
        BigDecimal exact = new BigDecimal(value);
        int digits = BigDecimal.valueOf(value).stripTrailingZeros().precision();
        BigDecimal shortest = rounded(exact, digits);
        while (digits > 1) {
            digits--;
            BigDecimal shorter = rounded(exact, digits);
            if (shorter.doubleValue() != value) {
                break;
            }
            shortest = shorter;
        }
        return shortest.stripTrailingZeros();
    }

    /**
     * Returns the shortest decimal that reads back as the value.
     *
     * @param value finite
     */
    public static BigDecimal of(float value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < FLOAT_DIGITS_MAX; digits++) {
            BigDecimal rounded = rounded(exact, digits);
            if (rounded.floatValue() == value) {
                return rounded.stripTrailingZeros();
            }
        }
        return rounded(exact, FLOAT_DIGITS_MAX).stripTrailingZeros();
    }

    private static BigDecimal rounded(BigDecimal exact, int digits) {
        return exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
    }
}
