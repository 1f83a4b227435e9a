package io.usageflow.forwarder.delivery.queue;

import java.util.List;

/**
 * An event that failed alone: what speaks against it. It waits apart from its customer's other events, which may pass it, and
 * is tried again after one of them was accepted. One thread.
 *
 * <p>A failure speaks against the event where, since its failure before, others were accepted and hardly any failed: then
 * neither an outage nor a destination that fails now and then explains it. While nothing is accepted, nothing speaks
 * against any event.
 */
public final class SuspectEvent extends Batch {
    /** Failures that speak against it, without the first. */
    private static final int ENOUGH = 3;
    /** The least number of accepted requests for each that failed. */
    private static final int ACCEPTED_PER_FAILURE = 4;

    /** Requests of this process since its start; those of single suspect events do not count as failed. */
    public record RequestCounts(long accepted, long failed) {}

    private RequestCounts before;
    private boolean customerPassed;
    private boolean passedSinceFailure;
    private int speaking;

    /** @param now after its first failure alone */
    SuspectEvent(PendingEvent event, RequestCounts now) {
        super(List.of(event));
        before = now;
    }

    /** Another event of its customer was accepted. */
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
     * It failed again.
     *
     * @return whether it is the cause
     */
    public boolean isToBlame(RequestCounts now) {
        long accepted = now.accepted() - before.accepted();
        long failed = now.failed() - before.failed();
        speaking += customerPassed && accepted > 0 && failed * ACCEPTED_PER_FAILURE <= accepted ? 1 : 0;
        before = now;
        passedSinceFailure = false;
        return speaking >= ENOUGH;
    }
}
