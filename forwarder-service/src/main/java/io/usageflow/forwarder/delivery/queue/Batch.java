package io.usageflow.forwarder.delivery.queue;

import java.util.List;
import java.util.Optional;

/**
 * Events of one customer that are sent together, until all are settled. At most one request is in flight. One thread.
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

    /** The sequence of its oldest event when it was created. */
    long sequence() {
        return sequence;
    }

    public BatchBisector<PendingEvent> bisector() {
        return bisector;
    }

    /** Starts over after the customer was suspected; the next suspicion needs twice as many probes. */
    public void startOver() {
        patience = Math.min(patience * 2, PATIENCE_MAX);
        bisector = new BatchBisector<>(bisector.remaining(), patience);
    }

    /**
     * Handles a failure that the content may have caused. From the third failure in a row on, the batch is divided,
     * which needs no more requests than sending it again.
     *
     * @return whether single events were tried and none was accepted
     */
    public boolean divide() {
        if (failures < divideAfter && !bisector.isDividing()) {
            return false;
        }
        bisector.failed();
        return bisector.nothingPasses();
    }

    /** Whether all remaining events failed alone, so that none is left to send. */
    public boolean hasOnlyFailedAlone() {
        return bisector.askedAll() && bisector.nothingPasses();
    }

    /** Sends all events together again, and divides them later the next time. */
    public void reassemble() {
        divideAfter = Math.min(divideAfter * 2, DIVIDE_AFTER_MAX);
        failures = Math.min(failures, 1);
        triedApart = true;
        bisector = new BatchBisector<>(bisector.remaining(), patience);
    }

    /** Whether single events were tried, and none was accepted. */
    public boolean triedApart() {
        return triedApart;
    }

    /** Sets the earliest time of the next request. */
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

    /** Notes a failure. Returns the failures in a row. */
    public int failed(long nowNanos) {
        lastFailureNanos = Optional.of(nowNanos);
        return ++failures;
    }

    /** Empty if the last request succeeded, or none was answered. */
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
