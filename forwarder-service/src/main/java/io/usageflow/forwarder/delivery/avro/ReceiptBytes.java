package io.usageflow.forwarder.delivery.avro;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.usageflow.schema.avro.WireFormat;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes a receipt, mostly by copying from the deliverable record. The result equals the generated class's. One thread.
 */
public final class ReceiptBytes {
    private static final int NUMBERS_BYTES_MAX = 8 * 10;
    private static final int ID_BYTES_MAX = 64;

    private final byte[] header;
    private byte[] bytes = new byte[512];
    private int length;

    /** Takes the wire format's header with the schema id of receipts. */
    public ReceiptBytes(byte[] header) {
        this.header = Arrays.copyOf(header, WireFormat.HEADER_BYTES);
    }

    /**
     * The fields that are not in the deliverable record.
     *
     * @param proof the proof that Credyt has the event
     * @param acceptedAt in Unix milliseconds
     * @param deliverable the position of the deliverable record
     */
    public record Facts(Proof proof, int httpStatus, int attempts, long acceptedAt, Deliverable deliverable) {}

    /** The position of a record; {@code topicId} is Kafka's, null if unknown. */
    public record Deliverable(
            int partition, long offset, @Nullable String topicId) {}

    public byte[] of(DeliverableLayout deliverable, Facts facts) {
        byte[] value = deliverable.value();
        byte[] outcome = ascii(facts.proof().outcome());
        byte[] proof = ascii(facts.proof().word());
        int most = value.length + outcome.length + proof.length + NUMBERS_BYTES_MAX + ID_BYTES_MAX + header.length;
        if (bytes.length < most) {
            bytes = new byte[most];
        }
        length = 0;
        add(header, 0, header.length);
        add(value, WireFormat.HEADER_BYTES, deliverable.headEnd()); // event_id, account_id, credyt_event_id, customer
        text(outcome);
        number(facts.httpStatus());
        number(facts.attempts());
        number(facts.acceptedAt());
        add(value, deliverable.sourceAt(), deliverable.sourceEnd());
        number(facts.deliverable().partition());
        number(facts.deliverable().offset());
        topicId(facts.deliverable().topicId());
        text(proof);
        return Arrays.copyOf(bytes, length);
    }

    private void topicId(@Nullable String id) {
        number(id == null ? 0 : 1);
        if (id != null) {
            text(ascii(id));
        }
    }

    private void text(byte[] ascii) {
        number(ascii.length);
        add(ascii, 0, ascii.length);
    }

    private void add(byte[] from, int at, int end) {
        System.arraycopy(from, at, bytes, length, end - at);
        length += end - at;
    }

    private void number(long number) {
        long left = (number << 1) ^ (number >> 63);
        while ((left & ~0x7fL) != 0) {
            bytes[length++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        bytes[length++] = (byte) left;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }

    /** The proof that Credyt has an event. */
    public enum Proof {
        /** The answer to its request accepted it. */
        ACCEPTED("ACCEPTED", "ANSWER"),
        /** The answer to its request said that Credyt knew it before. */
        ALREADY_KNOWN("ALREADY_KNOWN", "ANSWER"),
        /** The answer was unclear, and {@code GET /events/{id}} found the event. */
        LOOKUP("ALREADY_KNOWN", "LOOKUP");

        private final String outcome;
        private final String word;

        Proof(String outcome, String word) {
            this.outcome = outcome;
            this.word = word;
        }

        /** The receipt's {@code outcome}. */
        public String outcome() {
            return outcome;
        }

        /** The receipt's {@code proof}. */
        public String word() {
            return word;
        }

        public boolean known() {
            return this != ACCEPTED;
        }
    }
}
