package io.usageflow.benchmarks.side;

import io.usageflow.schema.serde.WireFormat;
import org.apache.kafka.common.utils.Bytes;

/**
 * The id of an encoded event, read without decoding the rest: it is the schema's first field, and a UUID. This is the
 * cheapest way there is, so that a peer pays for its store and for nothing else.
 */
final class EncodedId {
    private static final int TEXT_BYTES = 36;
    /** Avro writes a length n as 2n. */
    private static final int LENGTH_BYTE = 2 * TEXT_BYTES;

    private EncodedId() {}

    /** @throws IllegalArgumentException where the event's id is no UUID */
    static Bytes of(byte[] event) {
        int next = WireFormat.HEADER_BYTES;
        if (event[next++] != LENGTH_BYTE) {
            throw new IllegalArgumentException("the event's id is no UUID");
        }
        byte[] id = new byte[16];
        for (int i = 0; i < id.length; i++) {
            if (event[next] == '-') {
                next++;
            }
            id[i] = (byte) (Character.digit(event[next], 16) << 4 | Character.digit(event[next + 1], 16));
            next += 2;
        }
        return Bytes.wrap(id);
    }
}
