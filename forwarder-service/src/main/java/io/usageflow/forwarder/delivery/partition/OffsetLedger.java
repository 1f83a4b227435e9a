package io.usageflow.forwarder.delivery.partition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * What is settled of one assigned partition, and what may be committed: the at-least-once argument of delivery in one
 * class. Pure, one thread.
 *
 * <p>The offsets:
 * <ul>
 *   <li><b>received</b>: the offset of a record that was really read. Transaction markers and aborted records have
 *       offsets too and are never read, so received offsets have gaps and nothing here ever adds one to an offset.
 *   <li><b>outstanding</b>: received and not settled; its event has no outcome yet.
 *   <li><b>settled</b>: received, and its outcome is known; the outcome stands in here until it is committed.
 *   <li><b>position</b>: what {@code ConsumerRecords.nextOffsets()} said last: everything below was read or is not to be
 *       read. It passes the markers at the end of the log, which no record would.
 *   <li><b>committable</b>: the offset of the first received record that is not in the run of settled ones from the
 *       front; where the run takes in all that was received, the position. Everything below it has an outcome, and the
 *       outcomes of the run are written in the transaction that commits it. Nothing else may be committed.
 *   <li><b>committed</b>: the last offset whose transaction returned.
 * </ul>
 *
 * @param <S> what a settled record leaves behind
 */
public final class OffsetLedger<S> {
    private static final int CAPACITY_MIN = 64;

    // A ring: slot (head + i) & mask holds the i-th record from the front.
    private long[] offsets = new long[CAPACITY_MIN];
    private Object[] outcomes = new Object[CAPACITY_MIN];
    private int head;
    private int size;
    private int settled;
    private long lastReceived = -1;
    private long position = -1;
    private long committed = -1;

    /**
     * What one transaction may take along.
     *
     * @param outcomes of the run from the front, in offset order
     * @param offset the committable offset after this run
     */
    public record Run<S>(List<S> outcomes, long offset) {
        public Run {
            outcomes = List.copyOf(outcomes);
        }
    }

    /** @throws IllegalArgumentException where the offset is not above every offset received before */
    void received(long offset) {
        if (offset <= lastReceived || offset < position) {
            throw new IllegalArgumentException(
                    "offset " + offset + " was received after " + lastReceived + " at position " + position);
        }
        if (size == offsets.length) {
            grow();
        }
        int slot = slot(size);
        offsets[slot] = offset;
        outcomes[slot] = null;
        size++;
        lastReceived = offset;
    }

    /** @throws IllegalArgumentException where the position is not above every received offset, or goes back */
    public void position(long nextOffset) {
        if (nextOffset <= lastReceived || nextOffset < position) {
            throw new IllegalArgumentException(
                    "position " + nextOffset + " came after offset " + lastReceived + " and position " + position);
        }
        position = nextOffset;
    }

    /** @throws IllegalStateException where the offset is not outstanding: its outcome would be counted twice */
    void settle(long offset, S outcome) {
        int index = indexOf(offset);
        if (index < 0 || outcomes[slot(index)] != null) {
            throw new IllegalStateException("offset " + offset + " is not outstanding");
        }
        outcomes[slot(index)] = outcome;
        settled++;
    }

    /** The run from the front, cut at {@code recordsMax}; empty outcomes with a new offset where only markers were passed. */
    public Run<S> committable(int recordsMax) {
        List<S> run = new ArrayList<>();
        while (run.size() < size && run.size() < recordsMax) {
            S outcome = outcome(run.size());
            if (outcome == null) {
                break;
            }
            run.add(outcome);
        }
        return new Run<>(run, run.size() < size ? offsets[slot(run.size())] : position);
    }

    /** Whether {@link #committable} would commit anything that is not committed yet. */
    public boolean hasProgress() {
        if (size > 0) {
            return outcomes[slot(0)] != null;
        }
        return position > committed;
    }

    /**
     * The run's transaction returned: its outcomes are durable and leave. Until then they stay, and more may settle behind
     * them.
     *
     * @throws IllegalStateException where the run is not what stands at the front: it was committed before
     */
    void committed(Run<S> run) {
        for (S outcome : run.outcomes()) {
            if (size == 0 || outcomes[slot(0)] != outcome) {
                throw new IllegalStateException("the run up to " + run.offset() + " is not at the front");
            }
            outcomes[slot(0)] = null;
            head = (head + 1) & (offsets.length - 1);
        }
        size -= run.outcomes().size();
        settled -= run.outcomes().size();
        committed = run.offset();
    }

    /** The group's committed offset, as read back on assignment; without this, the first position is committed again. */
    public void startedAt(long committedOffset) {
        committed = Math.max(committed, committedOffset);
    }

    /** Received and not settled. */
    public int outstanding() {
        return size - settled;
    }

    /** Settled, and not committed yet: most of them wait for an older record. */
    public int held() {
        return settled;
    }

    /** The oldest outstanding record: what holds the committed offset back. */
    public OptionalLong oldestOutstanding() {
        for (int i = 0; i < size; i++) {
            if (outcomes[slot(i)] == null) {
                return OptionalLong.of(offsets[slot(i)]);
            }
        }
        return OptionalLong.empty();
    }

    /** The newest settled record that is not committed. */
    public OptionalLong newestSettled() {
        for (int i = size - 1; i >= 0; i--) {
            if (outcomes[slot(i)] != null) {
                return OptionalLong.of(offsets[slot(i)]);
            }
        }
        return OptionalLong.empty();
    }

    private int slot(int index) {
        return (head + index) & (offsets.length - 1);
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // only settle() writes here; null says outstanding
    private S outcome(int index) {
        return (S) outcomes[slot(index)];
    }

    private int indexOf(long offset) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = offsets[slot(middle)];
            if (found == offset) {
                return middle;
            } else if (found < offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private void grow() {
        long[] moreOffsets = new long[offsets.length * 2];
        Object[] moreOutcomes = new Object[offsets.length * 2];
        int tail = offsets.length - head;
        System.arraycopy(offsets, head, moreOffsets, 0, tail);
        System.arraycopy(offsets, 0, moreOffsets, tail, head);
        System.arraycopy(outcomes, head, moreOutcomes, 0, tail);
        System.arraycopy(outcomes, 0, moreOutcomes, tail, head);
        Arrays.fill(outcomes, null);
        offsets = moreOffsets;
        outcomes = moreOutcomes;
        head = 0;
    }
}
