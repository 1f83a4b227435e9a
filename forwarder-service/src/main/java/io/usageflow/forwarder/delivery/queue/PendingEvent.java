package io.usageflow.forwarder.delivery.queue;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.partition.SettledRecord;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A deliverable record on its way: what to send, and how often it was tried. Tens of thousands wait in memory at once, so it
 * keeps little besides the record as it was read; what a receipt or a dead letter says is taken from that. Its JSON is written
 * once and never changes. One thread.
 */
public final class PendingEvent {
    /** Objects around the bytes, roughly. */
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
    private boolean absent;

    /**
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

    /** As it was read; its value can be decoded. */
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

    /** @param same its equal, which all events of the customer share */
    void shares(Customer same) {
        customer = same;
    }

    public byte[] json() {
        return json;
    }

    /** What it takes of the bounds, on the heap. */
    public int bytes() {
        return json.length + deliverable.value().length + OVERHEAD_BYTES;
    }

    /** When its deliverable record was written, in milliseconds of the epoch. */
    public long admittedAtMillis() {
        return deliverable.timestamp();
    }

    public boolean current() {
        return partition.current();
    }

    /** Its number among all events that were enqueued; the first one stays. */
    void enqueued(long sequence) {
        this.sequence = this.sequence < 0 ? sequence : this.sequence;
    }

    long sequence() {
        return sequence;
    }

    /** Without an outcome, in a current assignment. An event that is sent again for comparison has its outcome. */
    public boolean isOpen() {
        return current() && !settled;
    }

    /** Notes its outcome in its partition until it is committed. Only where {@link #isOpen}. */
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

    /** Requests that carried it, since it was read. */
    public int attempts() {
        return attempts;
    }

    public void failed(Instant at) {
        if (firstFailedAt == null) {
            firstFailedAt = at;
        }
        lastFailedAt = at;
    }

    /** The answer to the request that carried it alone. */
    public void refusedBy(Answer answer) {
        refusal = answer;
    }

    public Optional<Answer> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** An answer did not say whether Credyt has it: it is asked for before it is sent again. */
    public void requireLookup() {
        lookupNeeded = true;
        absent = false;
    }

    public boolean needsLookup() {
        return lookupNeeded;
    }

    /** Credyt said, asked for it, that it does not have it. */
    public void absent() {
        lookupNeeded = false;
        absent = true;
    }

    public boolean isAbsent() {
        return absent;
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
