package io.usageflow.forwarder.delivery.partition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * Tracks the offsets of one assigned partition, and decides which may be committed. This is delivery's at-least-once
 * argument. Pure, one thread.
 *
 * <p>The offsets:
 * <ul>
 *   <li><b>received</b>: the record was read. Transaction markers and aborted records have offsets too and are never
 *       read, so received offsets have gaps, and no code here adds one to an offset.
 *   <li><b>outstanding</b>: received, without an outcome.
 *   <li><b>settled</b>: received, with an outcome, which is kept here until it is committed.
 *   <li><b>position</b>: the last {@code ConsumerRecords.nextOffsets()}: everything below was read or will not be read.
 *       It also passes markers at the end of the log.
 *   <li><b>committable</b>: the offset of the first outstanding record, or the position if there is none. Every record
 *       below it has an outcome, and the transaction that commits it writes these outcomes. Nothing else may be
 *       committed.
 *   <li><b>committed</b>: the last offset whose transaction returned.
 * </ul>
 *
 * @param <S> the outcome of a settled record
 */
public final class OffsetLedger<S> {
    private static final int CAPACITY_MIN = 64;

    // A ring buffer: slot (head + i) & mask holds the i-th record from the front.
    private long[] offsets = new long[CAPACITY_MIN];
    private Object[] outcomes = new Object[CAPACITY_MIN];
    private int head;
    private int size;
    private int settled;
    private long lastReceived = -1;
    private long position = -1;
    private long committed = -1;

    /**
     * The content of one transaction.
     *
     * @param outcomes of the run from the front, in offset order
     * @param offset the committable offset after this run
     */
    public record Run<S>(List<S> outcomes, long offset) {
        public Run {
            outcomes = List.copyOf(outcomes);
        }
    }

    /**
     * Adds a record.
     *
     * @throws IllegalArgumentException if the offset is not above all offsets received before
     */
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

    /**
     * Advances the position.
     *
     * @throws IllegalArgumentException if the position is not above all received offsets, or decreases
     */
    public void position(long nextOffset) {
        if (nextOffset <= lastReceived || nextOffset < position) {
            throw new IllegalArgumentException(
                    "position " + nextOffset + " came after offset " + lastReceived + " and position " + position);
        }
        position = nextOffset;
    }

    /**
     * Settles an outstanding record.
     *
     * @throws IllegalStateException if the offset is not outstanding: its outcome would be counted twice
     */
    void settle(long offset, S outcome) {
        int index = indexOf(offset);
        if (index < 0 || outcomes[slot(index)] != null) {
            throw new IllegalStateException("offset " + offset + " is not outstanding");
        }
        outcomes[slot(index)] = outcome;
        settled++;
    }

    /**
     * The settled run from the front, at most {@code recordsMax} records. It has no outcomes if only markers were
     * passed.
     */
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
     * Removes a run after its transaction returned. Until then its outcomes stay, and later records may settle.
     *
     * @throws IllegalStateException if the run is not at the front, because it was committed before
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

    /** Sets the group's committed offset on assignment, so that it is not committed again. */
    public void startedAt(long committedOffset) {
        committed = Math.max(committed, committedOffset);
    }

    /** The number of outstanding records. */
    public int outstanding() {
        return size - settled;
    }

    /** The number of settled records that are not committed yet. */
    public int held() {
        return settled;
    }

    /** The oldest outstanding offset, which holds back the committed offset. */
    public OptionalLong oldestOutstanding() {
        for (int i = 0; i < size; i++) {
            if (outcomes[slot(i)] == null) {
                return OptionalLong.of(offsets[slot(i)]);
            }
        }
        return OptionalLong.empty();
    }

    /** The newest settled offset that is not committed. */
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

    @SuppressWarnings({"unchecked", "NullAway"}) // only settle() writes here; null means outstanding
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
