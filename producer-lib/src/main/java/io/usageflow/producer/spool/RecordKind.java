package io.usageflow.producer.spool;

import org.jspecify.annotations.Nullable;

/** What a frame of a segment holds. The codes are on users' disks: never change one. */
public enum RecordKind {
    /** A value as it goes to Kafka, the registry's schema id included. */
    WIRE(1),
    /** Bare Avro by the segment's schema: the registry had not been reached yet. */
    BARE(2),
    /** A key without a value. */
    TOMBSTONE(3),
    /** No record: the segment ends here, in order. */
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
