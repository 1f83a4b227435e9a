package io.usageflow.benchmarks.program;

import io.usageflow.schema.avro.WireFormat;
import org.apache.kafka.common.utils.Bytes;

/**
 * The first fields of an encoded event, read without decoding the rest. This is the cheapest way there is, so that a peer
 * pays for its store and for nothing else.
 */
final class EncodedEvent {
    private static final int TEXT_BYTES = 36;
    /** Avro writes a length n as 2n. */
    private static final int LENGTH_BYTE = 2 * TEXT_BYTES;

    private EncodedEvent() {}

    /** The id's 16 bytes. @throws IllegalArgumentException if it is no UUID */
    static Bytes id(byte[] event) {
        int next = WireFormat.HEADER_BYTES;
        if (event[next++] != LENGTH_BYTE) {
            throw new IllegalArgumentException("the event's id is no UUID");
        }
        byte[] id = new byte[16];
        for (int i = 0; i < id.length; i++) {
            if (event[next] == '-') {
                next++;
            }
            id[i] = (byte) ((Character.digit(event[next], 16) << 4) | Character.digit(event[next + 1], 16));
            next += 2;
        }
        return Bytes.wrap(id);
    }

    /** {@code occurred_at} in Unix milliseconds, of an event whose id is a UUID and whose type has at most 63 bytes. */
    static long occurredAtMs(byte[] event) {
        int type = WireFormat.HEADER_BYTES + 1 + TEXT_BYTES;
        int next = type + 1 + event[type] / 2;
        long zigzag = 0;
        for (int shift = 0; ; shift += 7) {
            byte part = event[next++];
            zigzag |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                break;
            }
        }
        long micros = (zigzag >>> 1) ^ -(zigzag & 1);
        return Math.floorDiv(micros, 1000);
    }
}
