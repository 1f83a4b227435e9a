package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.Origin;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A deliverable record on its way: what to send, where it came from, how often it was tried. Its bytes are encoded once
 * and never change. One thread.
 */
final class PendingEvent {
    /** Objects around the bytes, roughly. */
    private static final int OVERHEAD_BYTES = 512;

    /**
     * Who the event is.
     *
     * @param credytId the id that Credyt sees
     */
    record Identity(String eventId, String accountId, String eventType, String credytId, Customer customer) {}

    private final AssignedPartition partition;
    private final long offset;
    private final Identity identity;
    private final Origin origin;
    private final byte[] json;
    private final long admittedAtMillis;
    private long place = -1;
    private int attempts;
    private @Nullable Instant firstFailedAt;
    private @Nullable Instant lastFailedAt;
    private @Nullable Answer refusal;

    /**
     * @param origin the published record, as a dead letter will keep it
     * @param json the event as an element of {@code events[]}; not copied, never changed
     * @param admittedAtMillis when its deliverable record was written, in milliseconds of the epoch
     */
    PendingEvent(
            AssignedPartition partition,
            long offset,
            Identity identity,
            Origin origin,
            byte[] json,
            long admittedAtMillis) {
        this.partition = partition;
        this.offset = offset;
        this.identity = identity;
        this.origin = origin;
        this.json = json;
        this.admittedAtMillis = admittedAtMillis;
    }

    AssignedPartition partition() {
        return partition;
    }

    long offset() {
        return offset;
    }

    Identity identity() {
        return identity;
    }

    Origin origin() {
        return origin;
    }

    byte[] json() {
        return json;
    }

    /** What it takes of the bounds, on the heap. */
    int bytes() {
        byte[] original = origin.value();
        return json.length + (original == null ? 0 : original.length) + OVERHEAD_BYTES;
    }

    long admittedAtMillis() {
        return admittedAtMillis;
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

    Instant firstFailedAt(Instant otherwise) {
        return firstFailedAt == null ? otherwise : firstFailedAt;
    }

    Instant lastFailedAt(Instant otherwise) {
        return lastFailedAt == null ? otherwise : lastFailedAt;
    }

    @Override
    public String toString() {
        return identity.credytId() + " of " + partition + " offset " + offset;
    }
}
