package io.usageflow.forwarder.delivery.queue;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.forwarder.delivery.answer.Outcome.Refused;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.partition.SettledRecord;
import io.usageflow.schema.DeliverableEvent;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * An event to send, with its attempts and what its receipt or dead letter takes from the deliverable record. Small,
 * since tens of thousands are in memory. Its JSON never changes. One thread.
 */
public final class PendingEvent {
    /** Size of the objects around the bytes, and of the queue if it is its customer's only event (measured). */
    private static final int OVERHEAD_BYTES = 1050;

    private final AssignedPartition partition;
    private final long offset;
    private final long admittedAtMillis;
    private final String eventId;
    private final String accountId;
    private final String credytId;
    private final SourceRecord origin;
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
     * @param record the deliverable record
     * @param deliverable its value
     * @param origin the published record
     * @param json the event as an element of {@code events[]}; not copied, never changed
     */
    public PendingEvent(
            AssignedPartition partition,
            ConsumerRecord<byte[], byte[]> record,
            DeliverableEvent deliverable,
            SourceRecord origin,
            byte[] json) {
        this.partition = partition;
        this.offset = record.offset();
        this.admittedAtMillis = record.timestamp();
        this.eventId = deliverable.getEventId();
        this.accountId = deliverable.getAccountId();
        this.credytId = deliverable.getCredytEventId();
        this.customer = Customer.of(deliverable.getCustomer());
        this.origin = origin;
        this.json = json;
    }

    public AssignedPartition partition() {
        return partition;
    }

    /** The offset of its deliverable record. */
    public long offset() {
        return offset;
    }

    /** The published record; its key is also the deliverable record's. */
    public SourceRecord origin() {
        return origin;
    }

    /** The id that it was published with. */
    public String eventId() {
        return eventId;
    }

    public String accountId() {
        return accountId;
    }

    /** The id that Credyt sees. */
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
        return json.length + (origin.value() == null ? 0 : origin.value().length) + OVERHEAD_BYTES;
    }

    /** When its deliverable record was written, in Unix milliseconds. */
    public long admittedAtMillis() {
        return admittedAtMillis;
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
