package io.usageflow.forwarder.admission.parking;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How much of a thread's time goes into letting parked events go: at most half, so that what comes in is never stopped by
 * a hundred thousand events whose link has just come, and the line is worked off as fast as that allows. A task's step
 * takes up to {@link #STEP_MAX}; then the task rests, for as long as the step took where it is the only one of its thread
 * that has something to let go, and longer where others share the thread's half with it.
 *
 * <p>Belongs to one task; tasks of one thread share its {@link Crew}. Not thread-safe.
 */
public final class ReleaseThrottle {
    static final Duration STEP_MAX = Duration.ofMillis(10);

    private static final ThreadLocal<ThreadShare> OF_THREAD = ThreadLocal.withInitial(ThreadShare::new);

    private final ThreadShare crew;
    private final LongSupplier clockMs;
    private boolean wanted;
    private long startedAt;
    private long restMs;

    /** The tasks of one thread. Streams opens, runs and closes a task in one and the same thread. */
    static final class ThreadShare {
        /** Tasks that have something to let go. */
        private int releasing;
    }

    ReleaseThrottle(ThreadShare crew, LongSupplier clockMs) {
        this.crew = crew;
        this.clockMs = clockMs;
    }

    /** @param clockMs of any origin; one that is put back ends a step or a rest early */
    public static ReleaseThrottle ofThisThread(LongSupplier clockMs) {
        return new ReleaseThrottle(OF_THREAD.get(), clockMs);
    }

    /** The task has something to let go. */
    void wanted() {
        if (!wanted) {
            wanted = true;
            restMs = 0;
            crew.releasing++;
        }
    }

    /** Begins a step. @return false where the rest after the step before is not over */
    boolean start() {
        long now = clockMs.getAsLong();
        if (isWithin(restMs, now)) {
            return false;
        }
        startedAt = now;
        return true;
    }

    /** Within a step: whether it may take one event more. */
    boolean hasTime() {
        return isWithin(STEP_MAX.toMillis(), clockMs.getAsLong());
    }

    /** The step is over, and there is more to let go. */
    void rest() {
        long now = clockMs.getAsLong();
        // Of a round, each of the thread's n releasing tasks has one part in 2n: one for its step, 2n - 1 to rest.
        restMs = (now - startedAt) * (2L * crew.releasing - 1);
        startedAt = now;
    }

    /** Nothing is left to let go: the next that comes need not wait. */
    void done() {
        if (wanted) {
            wanted = false;
            crew.releasing--;
        }
    }

    private boolean isWithin(long spanMs, long now) {
        long passed = now - startedAt;
        return passed >= 0 && passed < spanMs;
    }
}
