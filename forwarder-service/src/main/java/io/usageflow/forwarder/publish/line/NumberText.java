package io.usageflow.forwarder.publish.line;

import io.usageflow.forwarder.publish.line.LineSource.BadLineException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;

/** Reads the numbers of files: ASCII digits, a point, an exponent, and blanks around them. Exact and bounded. Pure. */
public final class NumberText {
    private static final int CHARS_MAX = 1_000;
    private static final int EXPONENT_MAX = 1_000;
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");
    private static final Pattern DECIMAL =
            Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?");

    private NumberText() {}

    public static BigDecimal decimal(String text, String path) throws BadLineException {
        String number = text.strip();
        if (number.length() <= CHARS_MAX && DECIMAL.matcher(number).matches()) {
            return bounded(new BigDecimal(number), path);
        }
        throw new BadLineException(path + " is '" + shown(text)
                + "', which is not a decimal number: write 0.0161, with at most " + CHARS_MAX + " characters");
    }

    public static BigInteger integer(String text, String field) throws BadLineException {
        String number = text.strip();
        if (number.length() <= CHARS_MAX && INTEGER.matcher(number).matches()) {
            return new BigInteger(number);
        }
        throw new BadLineException(field + " is '" + shown(text)
                + "', which is not a whole number: correct it, or map it as " + field + "=COLUMN:decimal");
    }

    /** Refuses numbers with a large exponent, which would take gigabytes to write out. */
    public static BigDecimal bounded(BigDecimal number, String path) throws BadLineException {
        if (Math.abs((long) number.scale()) > 2 * EXPONENT_MAX) {
            throw new BadLineException(path + " has an exponent beyond " + EXPONENT_MAX + ": write the number out");
        }
        return number;
    }

    private static String shown(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
