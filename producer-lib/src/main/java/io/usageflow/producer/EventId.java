package io.usageflow.producer;

import io.usageflow.producer.internal.IdParts;
import io.usageflow.producer.internal.TimeOrderedIds;
import io.usageflow.schema.id.Uuids;
import java.util.UUID;

/**
 * What an event is recognised by. <b>Choose it before anything else</b>: a repeated id is a duplicate and is billed
 * once; the same usage under a new id is a second charge.
 *
 * <p>So derive the id from what happened, wherever the application may report it twice (a retried request, a redelivered
 * message, a restarted job):
 *
 * <pre>{@code
 * UsageEvent.of("message_completed").id(EventId.derive("message", message.id()))
 * }</pre>
 *
 * <p>The default, a random id, is right only where the application itself never reports the same usage twice. It is
 * drawn once, in {@link UsageEvent#of}, so publishing the <em>same {@code UsageEvent} value</em> again is safe.
 *
 * @param value 1 to 128 printable characters (checked when the event is published); a UUID goes to Credyt unchanged,
 *     from anything else a UUID is derived together with the account
 */
public record EventId(String value) {
    private static final UUID DERIVED = UUID.fromString("5d0c7c1e-8f5c-5a0f-9b57-6a3f1b2c9d10");

    /** A new version 7 UUID: the current time in milliseconds and 74 random bits. */
    public static EventId generate() {
        return new EventId(TimeOrderedIds.next().toString());
    }

    /** An id that the application has already, such as that of the request. */
    public static EventId of(String value) {
        return new EventId(value);
    }

    public static EventId of(UUID value) {
        return new EventId(value.toString());
    }

    /**
     * The same id for the same parts, in every process and every release: a version 5 UUID. The parts are a business
     * fact's key, with all that makes it this fact and no other, and nothing that differs between two reports of it:
     * {@code derive("invoice-line", invoiceId, 7)}, never the current time or a retry's number.
     *
     * <p>The order and the borders of the parts count: {@code ("a", "bc")} is not {@code ("ab", "c")}. A part counts by
     * its text, so {@code 7} and {@code "7"} are the same.
     *
     * @param parts at least one; each a String, an integer type, BigInteger, BigDecimal ({@code 1.50} is {@code 1.5}),
     *     Boolean, Character, UUID, an enum constant (its name) or a date or time of {@code java.time}
     * @throws IllegalArgumentException for no parts, a null, a floating-point number or an object of another type, none
     *     of which has one text for ever
     */
    public static EventId derive(Object... parts) {
        return new EventId(Uuids.v5(DERIVED, IdParts.texts(parts)).toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
