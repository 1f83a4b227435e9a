package io.usageflow.forwarder.delivery.queue;

import java.util.List;
import java.util.Optional;

/**
 * Events of one customer that were taken together, until each of them is settled. At most one request of a batch is in
 * flight. One thread.
 */
public class Batch {
    private static final int PATIENCE_START = 2;
    private static final int PATIENCE_MAX = 1 << 20;
    private static final int DIVIDE_AFTER = 3;
    private static final int DIVIDE_AFTER_MAX = 12;

    private final long sequence;
    private BatchBisector<PendingEvent> bisector;
    private int patience = PATIENCE_START;
    private long notBeforeNanos;
    private boolean delayed;
    private int failures;
    private int divideAfter = DIVIDE_AFTER;
    private boolean triedApart;
    private Optional<Long> lastFailureNanos = Optional.empty();

    Batch(List<PendingEvent> events) {
        bisector = new BatchBisector<>(events, patience);
        sequence = events.get(0).sequence();
    }

    /** Of its oldest event, as it was taken. */
    long sequence() {
        return sequence;
    }

    public BatchBisector<PendingEvent> bisector() {
        return bisector;
    }

    /** Starts over with the remaining events after the customer was suspected; the next suspicion needs twice as many probes. */
    public void startOver() {
        patience = Math.min(patience * 2, PATIENCE_MAX);
        bisector = new BatchBisector<>(bisector.remaining(), patience);
    }

    /**
     * Its request failed in a way that its content may have caused. From the third failure in a row on it is divided,
     * which costs no more requests than to send all of it again.
     *
     * @return whether single events of it were tried and none passed; all are together again then
     */
    public boolean divide() {
        if (failures < divideAfter && !bisector.isDividing()) {
            return false;
        }
        bisector.failed();
        return bisector.nothingPasses();
    }

    /** Whether only events are left that failed alone, so that none is left to ask about. */
    public boolean hasOnlyFailedAlone() {
        return bisector.askedAll() && bisector.nothingPasses();
    }

    /** Nothing of it passes: all is sent together again, and for longer before it is divided the next time. */
    public void reassemble() {
        divideAfter = Math.min(divideAfter * 2, DIVIDE_AFTER_MAX);
        failures = Math.min(failures, 1);
        triedApart = true;
        bisector = new BatchBisector<>(bisector.remaining(), patience);
    }

    /** Whether single events of it were tried, and none passed. */
    public boolean triedApart() {
        return triedApart;
    }

    /** Not to be sent before. */
    public void delay(long untilNanos) {
        notBeforeNanos = untilNanos;
        delayed = true;
    }

    boolean due(long nowNanos) {
        return !delayed || nowNanos - notBeforeNanos >= 0;
    }

    long notBeforeNanos() {
        return notBeforeNanos;
    }

    /** @return failures in a row, this one included */
    public int failed(long nowNanos) {
        lastFailureNanos = Optional.of(nowNanos);
        return ++failures;
    }

    /** Empty where its last request succeeded, or none was answered. */
    public Optional<Long> lastFailureNanos() {
        return lastFailureNanos;
    }

    public void answered() {
        failures = 0;
        triedApart = false;
        lastFailureNanos = Optional.empty();
        delayed = false;
    }
}
