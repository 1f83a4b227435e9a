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
}
