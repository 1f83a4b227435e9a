package io.usageflow.producer;

/**
 * The form of a W3C trace context header, version 00 (https://www.w3.org/TR/trace-context/#traceparent-header). Pure.
 */
public final class TraceParent {
    private static final int LENGTH = 55;

    private TraceParent() {}

    /**
     * Checks a traceparent and returns it.
     *
     * @throws InvalidUsageEventException for anything but {@code 00-<32 hex>-<16 hex>-<2 hex>} in lower case, ids not
     *     all zero
     */
    public static String checked(String value) {
        boolean good = value.length() == LENGTH
                && value.startsWith("00-")
                && value.charAt(35) == '-'
                && value.charAt(52) == '-'
                && isHex(value, 3, 35)
                && isHex(value, 36, 52)
                && isHex(value, 53, 55)
                && !isZero(value, 3, 35)
                && !isZero(value, 36, 52);
        if (!good) {
            throw new InvalidUsageEventException(
                    "traceparent",
                    "traceparent is not in W3C form: use 00-<32 hex digits>-<16 hex digits>-<2 hex"
                            + " digits> in lower case");
        }
        return value;
    }

    private static boolean isHex(String value, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = value.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(String value, int from, int to) {
        for (int i = from; i < to; i++) {
            if (value.charAt(i) != '0') {
                return false;
            }
        }
        return true;
    }
}
