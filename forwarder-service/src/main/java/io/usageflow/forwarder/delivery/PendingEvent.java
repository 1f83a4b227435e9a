package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.credyt.Answer;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A deliverable record on its way: what to send, and how often it was tried. Tens of thousands wait in memory at once, so it
 * keeps little besides the record as it was read; what a receipt or a dead letter says is taken from that. Its JSON is written
 * once and never changes. One thread.
 */
final class PendingEvent {
    /** Objects around the bytes, roughly. */
    private static final int OVERHEAD_BYTES = 400;

    private final AssignedPartition partition;
    private final ConsumerRecord<byte[], byte[]> deliverable;
    private final String credytId;
    private Customer customer;
    private final byte[] json;
    private long place = -1;
    private int attempts;
    private boolean settled;
    private @Nullable Instant firstFailedAt;
    private @Nullable Instant lastFailedAt;
    private @Nullable Answer refusal;
    private boolean doubtful;
    private boolean absent;

    /**
     * @param credytId the id that Credyt sees
     * @param json the event as an element of {@code events[]}; not copied, never changed
     */
    PendingEvent(
            AssignedPartition partition,
            ConsumerRecord<byte[], byte[]> deliverable,
            String credytId,
            Customer customer,
            byte[] json) {
        this.partition = partition;
        this.deliverable = deliverable;
        this.credytId = credytId;
        this.customer = customer;
        this.json = json;
    }

    AssignedPartition partition() {
        return partition;
    }

    /** As it was read; its value can be decoded. */
    ConsumerRecord<byte[], byte[]> deliverable() {
        return deliverable;
    }

    long offset() {
        return deliverable.offset();
    }

    String credytId() {
        return credytId;
    }

    Customer customer() {
        return customer;
    }

    /** @param same its equal, which all events of the customer share */
    void shares(Customer same) {
        customer = same;
    }

    byte[] json() {
        return json;
    }

    /** What it takes of the bounds, on the heap. */
    int bytes() {
        return json.length + deliverable.value().length + OVERHEAD_BYTES;
    }

    /** When its deliverable record was written, in milliseconds of the epoch. */
    long admittedAtMillis() {
        return deliverable.timestamp();
    }

    boolean current() {
        return partition.current();
    }

    /** Its place among all events that came; the first that is given stays. */
    void came(long place) {
        this.place = this.place < 0 ? place : this.place;
    }

    long place() {
        return place;
    }

    /** Its outcome is noted: whatever comes after it changes nothing. */
    void settled() {
        settled = true;
    }

    boolean isSettled() {
        return settled;
    }

    void sent() {
        attempts++;
    }

    /** Requests that carried it, since it was read. */
    int attempts() {
        return attempts;
    }

    void failed(Instant at) {
        if (firstFailedAt == null) {
            firstFailedAt = at;
        }
        lastFailedAt = at;
    }

    /** The answer to the request that carried it alone. */
    void refusedBy(Answer answer) {
        refusal = answer;
    }

    Optional<Answer> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** An answer did not say whether Credyt has it: it is asked for before it is sent again. */
    void doubt() {
        doubtful = true;
        absent = false;
    }

    boolean isDoubtful() {
        return doubtful;
    }

    /** Credyt said, asked for it, that it does not have it. */
    void absent() {
        doubtful = false;
        absent = true;
    }

    boolean isAbsent() {
        return absent;
    }

    Instant firstFailedAt(Instant otherwise) {
        return firstFailedAt == null ? otherwise : firstFailedAt;
    }

    Instant lastFailedAt(Instant otherwise) {
        return lastFailedAt == null ? otherwise : lastFailedAt;
    }

    @Override
    public String toString() {
        return credytId + " of " + partition + " offset " + offset();
    }
}
