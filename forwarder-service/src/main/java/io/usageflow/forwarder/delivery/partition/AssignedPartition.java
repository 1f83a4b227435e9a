package io.usageflow.forwarder.delivery.partition;

import io.usageflow.forwarder.kafka.LogId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * One partition while it is assigned. References to an ended assignment are stale, even if the same partition returns
 * under another epoch. One thread.
 */
public final class AssignedPartition {
    private final TopicPartition partition;
    private final long epoch;
    private final OffsetLedger<SettledRecord> ledger = new OffsetLedger<>();
    private CommittedCounters counters = CommittedCounters.NONE;
    private boolean counted;
    private boolean revoked;
    private long outstandingBytes;
    private long heldBytes;
    private final Deque<Written> written = new ArrayDeque<>();

    private record Written(long offset, long epochMillis) {}

    /** Begins an assignment; {@code epoch} is unique within the process. */
    public AssignedPartition(TopicPartition partition, long epoch) {
        this.partition = partition;
        this.epoch = epoch;
    }

    public TopicPartition partition() {
        return partition;
    }

    long epoch() {
        return epoch;
    }

    /** The offsets. Settle through {@link #settle}, which also updates the sizes. */
    public OffsetLedger<SettledRecord> ledger() {
        return ledger;
    }

    /** The log of its offsets. */
    public LogId log() {
        return counters.log();
    }

    public CommittedCounters counters() {
        return counters;
    }

    /** Sets the committed counters. */
    public void counters(CommittedCounters committed) {
        counters = committed;
    }

    /** Sets counters that changed without an outcome, and makes the next transaction commit them. */
    public void counted(CommittedCounters more) {
        counters = more;
        counted = true;
    }

    /** Whether the next transaction changes the counters without an outcome. */
    public boolean hasCounted() {
        return counted;
    }

    public void received(long offset, int bytes) {
        ledger.received(offset);
        outstandingBytes += bytes;
    }

    /** Notes when the records from this offset on were written; called once for each poll. */
    public void writtenAt(long offset, long epochMillis) {
        written.addLast(new Written(offset, epochMillis));
    }

    /** When the oldest outstanding record was written, in Unix milliseconds. */
    public OptionalLong oldestWrittenAt() {
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

    /** Settles a record, with the size that {@link #received} counted. */
    public void settle(long offset, int bytes, SettledRecord settled) {
        ledger.settle(offset, settled);
        outstandingBytes -= bytes;
        heldBytes += settled.bytes();
    }

    public void committed(OffsetLedger.Run<SettledRecord> run, CommittedCounters after) {
        ledger.committed(run);
        run.outcomes().forEach(settled -> heldBytes -= settled.bytes());
        counters(after);
        counted = false;
    }

    public long outstandingBytes() {
        return outstandingBytes;
    }

    public long heldBytes() {
        return heldBytes;
    }

    public boolean current() {
        return !revoked;
    }

    /** Ends the assignment: its events are no longer sent, settled or committed. */
    public void revoke() {
        revoked = true;
    }

    @Override
    public String toString() {
        return partition + "@" + epoch;
    }
}
