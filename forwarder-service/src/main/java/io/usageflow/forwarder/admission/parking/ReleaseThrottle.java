package io.usageflow.forwarder.admission.parking;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Limits the release of parked events to half of a thread's time, so that a hundred thousand released events do not
 * stop new ones. A task's step takes up to {@link #STEP_MAX}. Then the task rests for as long as the step took, or
 * longer if other tasks of the thread release events too.
 *
 * <p>Belongs to one task; tasks of one thread share its {@link ThreadShare}. Not thread-safe.
 */
public final class ReleaseThrottle {
    static final Duration STEP_MAX = Duration.ofMillis(10);

    private static final ThreadLocal<ThreadShare> OF_THREAD = ThreadLocal.withInitial(ThreadShare::new);

    private final ThreadShare thread;
    private final LongSupplier clockMs;
    private boolean wanted;
    private long startedAt;
    private long restMs;

    /** The tasks of one thread. Streams opens, runs and closes a task in the same thread. */
    static final class ThreadShare {
        /** The number of tasks with events to release. */
        private int releasing;
    }

    ReleaseThrottle(ThreadShare thread, LongSupplier clockMs) {
        this.thread = thread;
        this.clockMs = clockMs;
    }

    /** Creates a throttle for a task of this thread. If the clock is set back, a step or a rest ends early. */
    public static ReleaseThrottle ofThisThread(LongSupplier clockMs) {
        return new ReleaseThrottle(OF_THREAD.get(), clockMs);
    }

    /** Notes that the task has events to release. */
    void wanted() {
        if (!wanted) {
            wanted = true;
            restMs = 0;
            thread.releasing++;
        }
    }

    /** Begins a step; returns false while the task has to rest. */
    boolean start() {
        long now = clockMs.getAsLong();
        if (isWithin(restMs, now)) {
            return false;
        }
        startedAt = now;
        return true;
    }

    /** Whether the step may take one more event. */
    boolean hasTime() {
        return isWithin(STEP_MAX.toMillis(), clockMs.getAsLong());
    }

    /** Ends a step with more to release. */
    void rest() {
        long now = clockMs.getAsLong();
        // Each of the thread's n releasing tasks gets 1/(2n) of the time: it rests 2n - 1 times as long as its step
        // took.
        restMs = (now - startedAt) * (2L * thread.releasing - 1);
        startedAt = now;
    }

    /** Notes that nothing is left to release: the next event need not wait. */
    void done() {
        if (wanted) {
            wanted = false;
            thread.releasing--;
        }
    }

    private boolean isWithin(long spanMs, long now) {
        long passed = now - startedAt;
        return passed >= 0 && passed < spanMs;
    }
}
