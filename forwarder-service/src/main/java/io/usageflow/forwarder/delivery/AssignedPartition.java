package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.kafka.LogId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * One partition for as long as it is assigned. An assignment that ends takes its object along: whatever still points to
 * it is stale, however soon the same partition comes back under another epoch. One thread.
 */
final class AssignedPartition {
    private final TopicPartition partition;
    private final long epoch;
    private final OffsetLedger<Settled> ledger = new OffsetLedger<>();
    private CommittedCounters counters = CommittedCounters.NONE;
    private boolean counted;
    private boolean revoked;
    private long outstandingBytes;
    private long heldBytes;
    private final Deque<Written> written = new ArrayDeque<>();

    private record Written(long offset, long epochMillis) {}

    /** @param epoch differs between any two assignments within a process */
    AssignedPartition(TopicPartition partition, long epoch) {
        this.partition = partition;
        this.epoch = epoch;
    }

    TopicPartition partition() {
        return partition;
    }

    long epoch() {
        return epoch;
    }

    /** Committed and received offsets; settle through {@link #settle}, which keeps the sizes too. */
    OffsetLedger<Settled> ledger() {
        return ledger;
    }

    /** In which log its offsets stand. */
    LogId log() {
        return counters.log();
    }

    CommittedCounters counters() {
        return counters;
    }

    /** As read from the committed offset, or as committed just now. */
    void counters(CommittedCounters committed) {
        counters = committed;
    }

    /** With something counted that is no outcome of a record: to be committed and published although nothing settles. */
    void counted(CommittedCounters more) {
        counters = more;
        counted = true;
    }

    /** Whether the next transaction changes the counters without an outcome. */
    boolean hasCounted() {
        return counted;
    }

    void received(long offset, int bytes) {
        ledger.received(offset);
        outstandingBytes += bytes;
    }

    /** Records from this offset on were written then; once a read is exact enough. */
    void writtenAt(long offset, long epochMillis) {
        written.addLast(new Written(offset, epochMillis));
    }

    /** When the oldest outstanding record was written, in milliseconds of the epoch. */
    OptionalLong oldestWrittenAt() {
        OptionalLong oldest = ledger.oldestOutstanding();
        if (oldest.isEmpty()) {
            written.clear();
            return OptionalLong.empty();
        }
        OptionalLong at = OptionalLong.empty();
        while (!written.isEmpty() && written.getFirst().offset() <= oldest.getAsLong()) {
            at = OptionalLong.of(written.removeFirst().epochMillis());
        }
        at.ifPresent(millis -> written.addFirst(new Written(oldest.getAsLong(), millis)));
        return at;
    }

    /** @param bytes what {@link #received} counted for it */
    void settle(long offset, int bytes, Settled settled) {
        ledger.settle(offset, settled);
        outstandingBytes -= bytes;
        heldBytes += settled.bytes();
    }

    void committed(OffsetLedger.Run<Settled> run, CommittedCounters after) {
        ledger.committed(run);
        run.outcomes().forEach(settled -> heldBytes -= settled.bytes());
        counters(after);
        counted = false;
    }

    long outstandingBytes() {
        return outstandingBytes;
    }

    long heldBytes() {
        return heldBytes;
    }

    boolean current() {
        return !revoked;
    }

    /** The assignment is over: nothing of it is sent, settled or committed any more. */
    void revoke() {
        revoked = true;
    }

    @Override
    public String toString() {
        return partition + "@" + epoch;
    }
}
