package io.usageflow.producer.internal.spool.segment;

import org.jspecify.annotations.Nullable;

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
