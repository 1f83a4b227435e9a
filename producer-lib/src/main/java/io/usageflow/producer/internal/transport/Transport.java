package io.usageflow.producer.internal.transport;

import io.usageflow.producer.SpoolStatus;
import io.usageflow.producer.internal.accounting.PendingRecord;
import java.util.Optional;

/** Takes records to their topics: directly to Kafka, or through the local spool. Thread-safe. */
public interface Transport {
    /**
     * Encodes the record if that does not block.
     *
     * @return the size of its value on the wire, encoded or not
     */
    int encodedBytes(TopicKind kind, PendingRecord<?> record);

    /** Accepts the record, or fails it. Returns at once, or within the time that a caller may wait for room. */
    void accept(TopicKind kind, PendingRecord<?> record);

    /** From now on every record is refused. */
    void stopAccepting();

    /** Sends accepted records without lingering while {@code waiting} runs. */
    void flushWhile(Runnable waiting);

    /** After {@link #stopAccepting}: ends, and fails every record that is not durable. */
    void close(long deadlineNanos);

    /** Empty without a spool. */
    Optional<SpoolStatus> spool();
}
