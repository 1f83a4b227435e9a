package io.usageflow.producer;

import io.usageflow.schema.id.Uuids;
import io.usageflow.schema.id.Uuids.TimeOrderedIds;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.temporal.TemporalAccessor;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Identifies an event. <b>Choose it first</b>: a repeated id is a duplicate and is billed once; the same usage under a
 * new id is a second charge.
 *
 * <p>Derive the id from the business key if the application may report the usage twice (a retried request, a
 * redelivered message, a restarted job):
 *
 * <pre>{@code
 * UsageEvent.of("message_completed").id(EventId.derive("message", message.id()))
 * }</pre>
 *
 * <p>The default, a random id, is right only if the application never reports the same usage twice. It is generated
 * once, in {@link UsageEvent#of}, so publishing the <em>same {@code UsageEvent} value</em> again is safe.
 *
 * @param value 1 to 128 printable characters (checked when the event is published); a UUID goes to Credyt unchanged,
 *     from any other value and the account a UUID is derived
 */
public record EventId(String value) {
    private static final UUID DERIVED = UUID.fromString("5d0c7c1e-8f5c-5a0f-9b57-6a3f1b2c9d10");

    /** A new version 7 UUID: the current time in milliseconds and 74 random bits. */
    public static EventId generate() {
        return new EventId(TimeOrderedIds.next().toString());
    }

    /** An id that the application already has, such as a request's id. */
    public static EventId of(String value) {
        return new EventId(value);
    }

    public static EventId of(UUID value) {
        return new EventId(value.toString());
    }

    /**
     * The same id for the same parts, in every process and every release: a version 5 UUID. The parts are the business
     * key: everything that identifies this usage, and nothing that differs between two reports, such as the current
     * time or a retry counter. Example: {@code derive("invoice-line", invoiceId, 7)}.
     *
     * <p>Order and boundaries of the parts matter: {@code ("a", "bc")} is not {@code ("ab", "c")}. A part is used as
     * text, so {@code 7} and {@code "7"} are the same.
     *
     * @param parts at least one; each a String, an integer type, BigInteger, BigDecimal ({@code 1.50} is {@code 1.5}),
     *     Boolean, Character, UUID, an enum constant (its name) or a date or time of {@code java.time}
     * @throws IllegalArgumentException for no parts, null, a floating-point number or an object of another type: their
     *     text may change
     */
    public static EventId derive(Object... parts) {
        return new EventId(Uuids.v5(DERIVED, texts(parts)).toString());
    }

    @Override
    public String toString() {
        return value;
    }

    /** Each part as text that is the same in every process and every Java release. */
    private static String[] texts(@Nullable Object @Nullable [] parts) {
        if (parts == null || parts.length == 0) {
            throw new IllegalArgumentException(
                    "an id cannot be derived without parts. Give the parts of a business key, such as a message's id");
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
                + ", whose text may differ next time. Give a String, an integer, a BigDecimal, a UUID, an enum constant"
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
