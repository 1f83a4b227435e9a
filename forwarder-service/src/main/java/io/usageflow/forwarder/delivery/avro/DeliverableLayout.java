package io.usageflow.forwarder.delivery.avro;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.usageflow.schema.avro.WireFormat;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fields of a deliverable record in its value, for the last argument of {@link #of}. One thread; reusable.
 */
public final class DeliverableLayout {
    private static final int KINDS = 2;
    private static final int EXTERNAL = 1;

    private final AvroCursor in = new AvroCursor();
    private byte[] value = {};
    private int credytIdAt;
    private int credytIdEnd;
    /** Created on demand. */
    private @Nullable String credytId;

    private boolean customerExternal;
    private int customerAt;
    private int customerEnd;
    private int vendorsAt;
    private int sourceAt;
    private int sourceEnd;
    private int eventAt;

    /**
     * Finds the fields of a value.
     *
     * @param record a value in the wire format, of exactly our own schema
     * @throws UnsupportedBytesException if it is broken, or its ids are not ASCII
     */
    public DeliverableLayout of(byte[] record) {
        value = record;
        credytId = null;
        in.over(record, WireFormat.HEADER_BYTES, record.length);
        in.skipAscii(); // event_id
        in.skipAscii(); // account_id
        int idLength = in.length();
        credytIdAt = in.at();
        in.skip(idLength);
        credytIdEnd = in.at();
        customerExternal = in.choice(KINDS) == EXTERNAL;
        int customerLength = in.length();
        customerAt = in.at();
        in.skip(customerLength);
        customerEnd = in.at();
        requireAscii(credytIdAt, customerEnd);
        vendorsAt = in.at();
        for (int left = in.block(); left > 0; left = in.block()) {
            for (; left > 0; left--) {
                in.skipText();
                in.choice(KINDS);
                in.skipText();
            }
        }
        sourceAt = in.at();
        in.skipAscii(); // topic
        in.int32(); // partition
        in.number(); // offset
        in.number(); // timestamp
        if (in.isPresent()) {
            in.skipAscii(); // topic_id
        }
        sourceEnd = in.at();
        in.number(); // admitted_at
        if (in.isPresent()) {
            in.skipText(); // replay_of
        }
        int eventLength = in.length();
        eventAt = in.at();
        in.skip(eventLength);
        if (!in.isAtEnd()) {
            throw new UnsupportedBytesException();
        }
        return this;
    }

    private void requireAscii(int from, int until) {
        for (int i = from; i < until; i++) {
            if (value[i] < 0) {
                throw new UnsupportedBytesException();
            }
        }
    }

    public String credytId() {
        if (credytId == null) {
            credytId = new String(value, credytIdAt, credytIdEnd - credytIdAt, US_ASCII);
        }
        return credytId;
    }

    /** Whether the customer id is the publishing company's own. */
    public boolean customerExternal() {
        return customerExternal;
    }

    public String customer() {
        return new String(value, customerAt, customerEnd - customerAt, US_ASCII);
    }

    byte[] value() {
        return value;
    }

    int credytIdAt() {
        return credytIdAt;
    }

    int credytIdEnd() {
        return credytIdEnd;
    }

    /** The end of the first four fields, which a receipt has too. */
    int headEnd() {
        return customerEnd;
    }

    int sourceAt() {
        return sourceAt;
    }

    int sourceEnd() {
        return sourceEnd;
    }

    /** The start of the published value, which extends to the end. */
    public int eventAt() {
        return eventAt;
    }

    /**
     * Moves the cursor to the reference of the vendor with that name.
     *
     * @throws UnsupportedBytesException if there is none, or more than one
     */
    void findVendor(int nameAt, int nameEnd, byte[] names, AvroCursor found) {
        in.over(value, vendorsAt, sourceAt);
        int reference = -1;
        for (int left = in.block(); left > 0; left = in.block()) {
            for (; left > 0; left--) {
                int length = in.length();
                int at = in.at();
                in.skip(length);
                if (Arrays.equals(value, at, at + length, names, nameAt, nameEnd)) {
                    if (reference >= 0) {
                        throw new UnsupportedBytesException();
                    }
                    reference = in.at();
                }
                in.choice(KINDS);
                in.skipText();
            }
        }
        if (reference < 0) {
            throw new UnsupportedBytesException();
        }
        found.over(value, reference, sourceAt);
    }

    /** Broken or rare bytes, which are left to the generated classes. Cheap, since it has no stack trace. */
    public static final class UnsupportedBytesException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnsupportedBytesException() {
            super("left to the generated classes", null, false, false);
        }
    }
}
