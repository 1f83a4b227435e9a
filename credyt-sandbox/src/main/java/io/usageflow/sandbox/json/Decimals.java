package io.usageflow.sandbox.json;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * Exact decimals. Every amount in the sandbox has passed {@link #normal}: no trailing zeros, never a negative scale.
 */
public final class Decimals {
    /** Digits after the point of an infinite quotient; Credyt's own rounding is not stated in any source. */
    public static final int QUOTIENT_SCALE_MAX = 34;

    private static final int DIGITS_MAX = 60;
    private static final int SCALE_ABSOLUTE_MAX = 60;

    private Decimals() {}

    /**
     * Whether a number may take part in arithmetic: {@code 1e999999999} is short JSON, yet has a billion digits when it
     * is written out.
     */
    public static boolean isSane(BigDecimal value) {
        return value.precision() <= DIGITS_MAX && Math.abs((long) value.scale()) <= SCALE_ABSOLUTE_MAX;
    }

    public static BigDecimal normal(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    /**
     * Exact if the quotient is finite, else rounded half even at {@link #QUOTIENT_SCALE_MAX} digits after the point.
     */
    public static BigDecimal quotient(BigDecimal dividend, BigDecimal divisor) {
        if (divisor.compareTo(BigDecimal.ONE) == 0) {
            return normal(dividend);
        }
        // A power of ten, by far the usual package size, only moves the point.
        if (divisor.stripTrailingZeros().unscaledValue().equals(java.math.BigInteger.ONE)) {
            return normal(
                    dividend.scaleByPowerOfTen(divisor.stripTrailingZeros().scale()));
        }
        BigDecimal exact = exactQuotient(dividend, divisor);
        return normal(exact != null ? exact : dividend.divide(divisor, QUOTIENT_SCALE_MAX, RoundingMode.HALF_EVEN));
    }

    private static @Nullable BigDecimal exactQuotient(BigDecimal dividend, BigDecimal divisor) {
        try {
            return dividend.divide(divisor, MathContext.UNLIMITED);
        } catch (ArithmeticException endless) {
            // The documented answer of BigDecimal.divide for a quotient without an end: not an error here.
            return null;
        }
    }
}
