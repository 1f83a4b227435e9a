package io.usageflow.forwarder.delivery.queue;

import java.util.List;

/**
 * An event that failed alone. Its customer's other events may overtake it, and it is tried again after one of them was
 * accepted. One thread.
 *
 * <p>Each failure makes it less likely that the event is not the cause: by the share of all requests that failed since
 * its previous failure. In an outage nearly all fail, so nothing is learned; while nothing is accepted, no failure
 * counts.
 */
public final class SuspectEvent extends Batch {
    /** It is taken for the cause when its failures are less likely than this for an event that is not. */
    private static final double CHANCE_MIN = 1e-5;

    /** Requests since the start of the process; failed ones exclude suspect events. */
    public record RequestCounts(long accepted, long failed) {}

    private RequestCounts before;
    private boolean customerPassed;
    private boolean passedSinceFailure;
    private double chance = 1;

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
        if (customerPassed && accepted > 0) {
            // Rather too high than too low: a few requests are weak evidence, and the first success may end the
            // interval.
            chance *= (failed + 2.0) / (accepted + failed + 2);
        }
        before = now;
        passedSinceFailure = false;
        return chance < CHANCE_MIN;
    }
}
