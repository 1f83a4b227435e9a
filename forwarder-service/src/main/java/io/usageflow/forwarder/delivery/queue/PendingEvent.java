package io.usageflow.forwarder.delivery.queue;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.delivery.answer.Outcome.Refused;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.partition.SettledRecord;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * An event to send, with its deliverable record and attempts. Small, since tens of thousands are in memory; receipts
 * and dead letters take their content from the record. Its JSON never changes. One thread.
 */
public final class PendingEvent {
    /** Approximate size of the objects around the bytes. */
    private static final int OVERHEAD_BYTES = 400;

    private final AssignedPartition partition;
    private final ConsumerRecord<byte[], byte[]> deliverable;
    private final String credytId;
    private Customer customer;
    private final byte[] json;
    private long sequence = -1;
    private int attempts;
    private boolean settled;
    private @Nullable Instant firstFailedAt;
    private @Nullable Instant lastFailedAt;
    private @Nullable Answer refusal;
    private boolean lookupNeeded;
    private @Nullable Refused refusedIfAbsent;

    /**
     * Creates a waiting event.
     *
     * @param credytId the id that Credyt sees
     * @param json the event as an element of {@code events[]}; not copied, never changed
     */
    public PendingEvent(
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

    public AssignedPartition partition() {
        return partition;
    }

    /** The record as it was read; its value can be decoded. */
    public ConsumerRecord<byte[], byte[]> deliverable() {
        return deliverable;
    }

    public long offset() {
        return deliverable.offset();
    }

    public String credytId() {
        return credytId;
    }

    public Customer customer() {
        return customer;
    }

    /** Replaces the customer by an equal instance that all its events share. */
    void shares(Customer same) {
        customer = same;
    }

    public byte[] json() {
        return json;
    }

    /** Its approximate size on the heap. */
    public int bytes() {
        return json.length + deliverable.value().length + OVERHEAD_BYTES;
    }

    /** When its deliverable record was written, in Unix milliseconds. */
    public long admittedAtMillis() {
        return deliverable.timestamp();
    }

    public boolean current() {
        return partition.current();
    }

    /** Sets its number among all enqueued events; the first number stays. */
    void enqueued(long sequence) {
        this.sequence = this.sequence < 0 ? sequence : this.sequence;
    }

    long sequence() {
        return sequence;
    }

    /**
     * Whether it has no outcome and its assignment is current. An event that is sent again for comparison has an
     * outcome.
     */
    public boolean isOpen() {
        return current() && !settled;
    }

    /** Adds its outcome to its partition. Only if {@link #isOpen}. */
    public void settle(SettledRecord outcome) {
        settled = true;
        partition.settle(offset(), bytes(), outcome);
    }

    public boolean isSettled() {
        return settled;
    }

    public void sent() {
        attempts++;
    }

    /** The number of requests with it since it was read. */
    public int attempts() {
        return attempts;
    }

    public void failed(Instant at) {
        if (firstFailedAt == null) {
            firstFailedAt = at;
        }
        lastFailedAt = at;
    }

    /** Sets the answer that refused it alone, unless a lookup finds it. */
    public void refusedBy(Answer answer) {
        refusal = answer;
    }

    public Optional<Answer> refusal() {
        return Optional.ofNullable(refusal);
    }

    /**
     * Requires a lookup before it is sent again, since an answer was unclear.
     *
     * @param otherwise the outcome if the lookup does not find it; empty: it is sent again
     */
    public void requireLookup(Optional<Refused> otherwise) {
        lookupNeeded = true;
        refusedIfAbsent = otherwise.orElse(null);
    }

    public boolean needsLookup() {
        return lookupNeeded;
    }

    /** Notes that the lookup did not find it. Returns the refusal that then holds, if any. */
    public Optional<Refused> absent() {
        lookupNeeded = false;
        return Optional.ofNullable(refusedIfAbsent);
    }

    public Instant firstFailedAt(Instant otherwise) {
        return firstFailedAt == null ? otherwise : firstFailedAt;
    }

    public Instant lastFailedAt(Instant otherwise) {
        return lastFailedAt == null ? otherwise : lastFailedAt;
    }

    @Override
    public String toString() {
        return credytId + " of " + partition + " offset " + offset();
    }
}
