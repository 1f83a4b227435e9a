package io.usageflow.producer.spool;

import org.jspecify.annotations.Nullable;

/**
 * One record as read from a segment.
 *
 * @param kind never {@link RecordKind#SEAL}
 * @param acceptedAtMs when it was published, by this machine's clock
 * @param value null for a tombstone
 * @param segment where it stands
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

    /** What it takes in memory, roughly. */
    int bytes() {
        return 256 + key.length + (value == null ? 0 : value.length);
    }
}
