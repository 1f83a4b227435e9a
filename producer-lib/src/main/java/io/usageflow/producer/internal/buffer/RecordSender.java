package io.usageflow.producer.internal.buffer;

import io.usageflow.producer.internal.accounting.PendingRecord;

/** Sends one topic's records to Kafka. Thread-safe; never throws. */
interface RecordSender {
    /** What {@link #send} did with the record. */
    enum Outcome {
        /** Kafka has the record and will complete it. */
        ACCEPTED,
        /** The record failed for good, and so has its future. */
        FAILED,
        /** Nothing happened: Kafka's metadata or the registry is missing. The record can be sent again. */
        RETRY,
        /** Nothing happened: Kafka's buffer is full. */
        BUFFER_FULL
    }

    /**
     * Registers the schema and fetches metadata, so that the first record does not have to wait. May block; never
     * called on a caller's thread.
     *
     * @return whether a record would now pass without waiting
     */
    boolean warmUp();

    /**
     * Encodes the record if it is not encoded yet. Asks the registry only for what {@link #warmUp} and earlier records
     * have not fetched.
     *
     * @return whether the record is encoded; if not, {@link #send} says why
     */
    boolean encode(PendingRecord<?> record);

    /** Encodes the record if it is not encoded yet, and gives it to Kafka. */
    Outcome send(PendingRecord<?> record);
}
