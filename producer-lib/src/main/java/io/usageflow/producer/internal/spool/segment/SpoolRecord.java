package io.usageflow.producer.internal.spool.segment;

import org.jspecify.annotations.Nullable;

/**
 * One record, read from a segment.
 *
 * @param kind never {@link RecordKind#SEAL}
 * @param acceptedAtMs the time of publishing, by this machine's clock
 * @param value null for a tombstone
 * @param segment that holds it
 * @param end the offset after it
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; the arrays go to Kafka's client as they are.
public record SpoolRecord(
        RecordKind kind,
        long acceptedAtMs,
        String id,
        byte[] key,
        @Nullable String traceparent,
        byte @Nullable [] value,
        Segment segment,
        long end) {

    /** Its approximate size in memory. */
    public int bytes() {
        return 256 + key.length + (value == null ? 0 : value.length);
    }

    /** The kind of a frame. The codes are on users' disks: never change one. */
    public enum RecordKind {
        /** A value as it goes to Kafka, including the registry's schema id. */
        WIRE(1),
        /** Avro in the segment's schema, without a schema id: the registry had not been reached yet. */
        BARE(2),
        /** A key without a value. */
        TOMBSTONE(3),
        /** No record: the segment was closed in order and ends here. */
        SEAL(9);

        private final byte code;

        RecordKind(int code) {
            this.code = (byte) code;
        }

        byte code() {
            return code;
        }

        static @Nullable RecordKind of(byte code) {
            for (RecordKind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            return null;
        }
    }
}
