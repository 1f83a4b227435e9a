package io.usageflow.forwarder.delivery.avro;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.usageflow.forwarder.delivery.avro.DeliverableLayout.UnsupportedBytesException;
import io.usageflow.schema.avro.WireFormat;
import io.usageflow.schema.id.CredytIds;
import io.usageflow.schema.id.Uuids;
import java.util.Optional;
import java.util.UUID;

/**
 * Writes a deliverable record's event as JSON, directly from Avro's bytes. The result equals {@code EventJson}'s. One
 * thread.
 */
public final class EventTranscript {
    private static final byte[] ID = ascii("{\"id\":");
    private static final byte[] EVENT_TYPE = ascii(",\"event_type\":");
    private static final byte[] OCCURRED_AT = ascii(",\"occurred_at\":");
    private static final byte[] SUBJECT = ascii(",\"subject\":");
    private static final byte[] DESCRIPTION = ascii(",\"description\":");
    private static final byte[] DATA = ascii(",\"data\":");
    private static final byte[] COSTS = ascii(",\"costs\":[");
    private static final byte[] VENDOR_ID = ascii(",\"vendor_id\":");
    private static final byte[] VENDOR_EXTERNAL_ID = ascii(",\"vendor_external_id\":");
    private static final byte[] AMOUNT = ascii(",\"amount\":");
    private static final byte[] CURRENCY = ascii(",\"currency\":");
    private static final byte[] METADATA = ascii(",\"metadata\":");
    private static final byte[] NULL = ascii("null");
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");

    /** Number of supported branches of {@code data}'s values; the last, JsonValue, is left to {@code EventJson}. */
    private static final int BRANCHES = 5;

    private final AvroCursor in = new AvroCursor();
    private final AvroCursor vendor = new AvroCursor();
    private final MapEntries entries = new MapEntries();
    private final JsonText out = new JsonText();

    /** Writes the value at the cursor and moves past it. */
    private interface Value {
        void write();
    }

    /**
     * The event as an element of {@code events[]}.
     *
     * @param deliverable has an event of exactly our own schema
     * @throws UnsupportedBytesException if it is broken, or has content that is left to {@code EventJson}
     */
    public byte[] json(DeliverableLayout deliverable) {
        byte[] value = deliverable.value();
        in.over(value, deliverable.eventAt() + WireFormat.HEADER_BYTES, value.length);
        out.clear();
        out.add(ID);
        out.quoted(value, deliverable.credytIdAt(), deliverable.credytIdEnd());
        in.skipText(); // id
        text(EVENT_TYPE);
        out.add(OCCURRED_AT);
        out.time(in.number());
        in.skipText(); // account_id
        skipOptional(); // customer_id
        skipOptional(); // customer_external_id
        optional(SUBJECT);
        optional(DESCRIPTION);
        map(DATA, EventTranscript::skipScalar, this::scalar);
        costs(deliverable);
        out.add('}');
        if (in.isPresent()) { // source
            skipOptional();
            skipOptional();
            skipOptional();
        }
        if (!in.isAtEnd()) {
            throw new UnsupportedBytesException();
        }
        return out.toBytes();
    }

    private void costs(DeliverableLayout deliverable) {
        int position = 0;
        for (int left = in.block(); left > 0; left = in.block()) {
            for (; left > 0; left--) {
                if (position == 0) {
                    out.add(COSTS);
                } else {
                    out.add(',');
                }
                cost(deliverable, position++);
            }
        }
        if (position > 0) {
            out.add(']');
        }
    }

    private void cost(DeliverableLayout deliverable, int position) {
        UUID event = Uuids.parse(deliverable.credytId()).orElseThrow(UnsupportedBytesException::new);
        Optional<String> own = Optional.empty();
        if (in.isPresent()) {
            int length = in.length();
            own = Optional.of(plain(length));
            in.skip(length);
        }
        out.add(ID);
        out.add('"');
        out.add(ascii(CredytIds.ofCost(event, own, position).toString()));
        out.add('"');
        vendor(deliverable);
        optional(DESCRIPTION);
        out.add(AMOUNT);
        out.decimal(in);
        text(CURRENCY);
        map(METADATA, AvroCursor::skipText, () -> out.quoted(in));
        out.add('}');
    }

    private String plain(int length) {
        for (int i = in.at(); i < in.at() + length; i++) {
            if (in.bytes()[i] < 0) {
                throw new UnsupportedBytesException();
            }
        }
        return new String(in.bytes(), in.at(), length, US_ASCII);
    }

    private void vendor(DeliverableLayout deliverable) {
        int length = in.length();
        deliverable.findVendor(in.at(), in.at() + length, in.bytes(), vendor);
        in.skip(length);
        out.add(vendor.choice(2) == 1 ? VENDOR_EXTERNAL_ID : VENDOR_ID);
        out.quoted(vendor);
    }

    /** Writes a map, or nothing if it is empty. */
    private void map(byte[] field, MapEntries.Skip skip, Value value) {
        entries.read(in, skip);
        int end = in.at();
        for (int i = 0; i < entries.size(); i++) {
            if (i == 0) {
                out.add(field);
            }
            out.add(i == 0 ? '{' : ',');
            out.quoted(in.bytes(), entries.keyAt(i), entries.keyEnd(i));
            out.add(':');
            in.moveTo(entries.valueAt(i));
            value.write();
        }
        if (entries.size() > 0) {
            out.add('}');
        }
        in.moveTo(end);
    }

    private static void skipScalar(AvroCursor in) {
        switch (in.choice(BRANCHES)) {
            case 0 -> {}
            case 1 -> in.truth();
            case 2 -> in.number();
            default -> in.skipText();
        }
    }

    private void scalar() {
        switch (in.choice(BRANCHES)) {
            case 0 -> out.add(NULL);
            case 1 -> out.add(in.truth() ? TRUE : FALSE);
            case 2 -> out.number(in.number());
            case 3 -> out.decimal(in);
            default -> out.quoted(in);
        }
    }

    private void text(byte[] field) {
        out.add(field);
        out.quoted(in);
    }

    private void optional(byte[] field) {
        if (in.isPresent()) {
            text(field);
        }
    }

    private void skipOptional() {
        if (in.isPresent()) {
            in.skipText();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
