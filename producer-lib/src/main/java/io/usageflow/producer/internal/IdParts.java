package io.usageflow.producer.internal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.temporal.TemporalAccessor;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The text of an id's part: only of types whose text is the same in every process and every Java release. */
public final class IdParts {
    private IdParts() {}

    /** @throws IllegalArgumentException naming the part that has no lasting text */
    public static String[] texts(@Nullable Object @Nullable [] parts) {
        if (parts == null || parts.length == 0) {
            throw new IllegalArgumentException(
                    "an id cannot be derived from nothing: give the parts of a business key, such as a message's id");
        }
        String[] texts = new String[parts.length];
        for (int i = 0; i < parts.length; i++) {
            texts[i] = text(i, parts[i]);
        }
        return texts;
    }

    private static String text(int index, @Nullable Object part) {
        if (part instanceof String text) {
            return text;
        }
        if (part instanceof BigDecimal decimal) {
            return decimal.stripTrailingZeros().toString();
        }
        if (part instanceof Enum<?> constant) {
            return constant.name();
        }
        if (part != null && isLasting(part)) {
            return part.toString();
        }
        throw new IllegalArgumentException("part " + index + " of an id is "
                + (part == null ? "null" : "a " + part.getClass().getName())
                + ", whose text may differ the next time: give a String, an integer, a BigDecimal, a UUID, an enum constant"
                + " or a java.time value");
    }

    private static boolean isLasting(Object part) {
        return part instanceof Long
                || part instanceof Integer
                || part instanceof Short
                || part instanceof Byte
                || part instanceof BigInteger
                || part instanceof Boolean
                || part instanceof Character
                || part instanceof UUID
                || (part instanceof TemporalAccessor
                        && part.getClass().getPackageName().equals("java.time"));
    }
}
