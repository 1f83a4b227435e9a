package io.usageflow.forwarder.delivery.queue;

import java.util.List;

/**
 * An event that failed alone. Its customer's other events may overtake it, and it is tried again after one of them was
 * accepted. One thread.
 *
 * <p>A failure counts against the event if, since its previous failure, others were accepted and hardly any failed: then an
 * outage or occasional failures do not explain it. While nothing is accepted, no failure counts.
 */
public final class SuspectEvent extends Batch {
    /** Number of failures that count, without the first. */
    private static final int FAILURES_MIN = 3;
    /** Minimum of accepted requests for each failed one. */
    private static final int ACCEPTED_PER_FAILURE = 4;

    /** Requests since the start of the process; failed ones exclude suspect events. */
    public record RequestCounts(long accepted, long failed) {}

    private RequestCounts before;
    private boolean customerPassed;
    private boolean passedSinceFailure;
    private int counted;

    /** Begins with the counts after its first failure alone. */
    SuspectEvent(PendingEvent event, RequestCounts now) {
        super(List.of(event));
        before = now;
    }

    /** Notes that another event of its customer was accepted. */
    void othersPassed() {
        customerPassed = true;
        passedSinceFailure = true;
    }

    /** Whether others of its customer were accepted since its last failure. */
    boolean isRipe() {
        return passedSinceFailure;
    }

    /** Whether others of its customer were accepted since its first failure alone. */
    public boolean customerPassed() {
        return customerPassed;
    }

    /**
     * Notes another failure.
     *
     * @return whether the event is the cause
     */
    public boolean isToBlame(RequestCounts now) {
        long accepted = now.accepted() - before.accepted();
        long failed = now.failed() - before.failed();
        counted += customerPassed && accepted > 0 && failed * ACCEPTED_PER_FAILURE <= accepted ? 1 : 0;
        before = now;
        passedSinceFailure = false;
        return counted >= FAILURES_MIN;
    }
}
