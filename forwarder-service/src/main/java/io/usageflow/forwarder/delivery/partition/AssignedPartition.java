package io.usageflow.forwarder.delivery.partition;

import io.usageflow.forwarder.kafka.LogId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * One partition for as long as it is assigned. An assignment that ends takes its object along: whatever still points to
 * it is stale, however soon the same partition comes back under another epoch. One thread.
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

    /** @param epoch differs between any two assignments within a process */
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

    /** Committed and received offsets; settle through {@link #settle}, which keeps the sizes too. */
    public OffsetLedger<SettledRecord> ledger() {
        return ledger;
    }

    /** In which log its offsets stand. */
    public LogId log() {
        return counters.log();
    }

    public CommittedCounters counters() {
        return counters;
    }

    /** As read from the committed offset, or as committed just now. */
    public void counters(CommittedCounters committed) {
        counters = committed;
    }

    /** With something counted that is no outcome of a record: to be committed and published although nothing settles. */
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

    /** Records from this offset on were written then; once a read is exact enough. */
    public void writtenAt(long offset, long epochMillis) {
        written.addLast(new Written(offset, epochMillis));
    }

    /** When the oldest outstanding record was written, in milliseconds of the epoch. */
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

    /** @param bytes what {@link #received} counted for it */
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

    /** The assignment is over: nothing of it is sent, settled or committed any more. */
    public void revoke() {
        revoked = true;
    }

    @Override
    public String toString() {
        return partition + "@" + epoch;
    }
}
