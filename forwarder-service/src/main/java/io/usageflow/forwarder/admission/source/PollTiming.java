package io.usageflow.forwarder.admission.source;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * When a stream thread's next poll begins, and how long it lasts. Streams fires timers and commits only between polls;
 * without a deadline, every poll would have to be short, and an idle thread would poll a hundred times a second. While
 * events wait for their commit anyway, a later poll takes more of them with one fetch. One for each thread.
 */
public final class PollTiming {
    /** Streams' wall clock may show that a timer is due this much later than the monotonic clock. */
    private static final long GRACE_NANOS = Duration.ofMillis(10).toNanos();

    /** After a poll with this many records, more are probably waiting, and no pause is needed to collect them. */
    static final int BACKLOG = 16;

    private static final ThreadLocal<PollTiming> OF_THREAD =
            ThreadLocal.withInitial(() -> new PollTiming(System::nanoTime, LockSupport::parkNanos));

    private final LongSupplier nanoClock;
    private final LongConsumer park;
    private boolean hasDeadline;
    private long deadlineNanos;
    private long pauseNanos;
    private int latestRecords;

    PollTiming(LongSupplier nanoClock, LongConsumer park) {
        this.nanoClock = nanoClock;
        this.park = park;
    }

    public static PollTiming ofThisThread() {
        return OF_THREAD.get();
    }

    /** A poll returns after this time at the latest, whatever was asked before. */
    public void returnWithin(Duration delay) {
        long wanted = nanoClock.getAsLong() + delay.toNanos();
        if (!hasDeadline || wanted - deadlineNanos < 0) {
            hasDeadline = true;
            deadlineNanos = wanted;
        }
    }

    /** The next poll begins this much later, but not after the deadline. */
    public void pauseFor(Duration pause) {
        pauseNanos = pause.toNanos();
    }

    /** Notes the number of records that a poll returned. */
    void polled(int records) {
        latestRecords = records;
    }

    /**
     * Pauses as wanted. Returns the time for the poll, in whole milliseconds, at most what Streams wants.
     */
    Duration beforePoll(Duration atMost) {
        if (!hasDeadline) {
            return atMost;
        }
        long pause = latestRecords < BACKLOG ? Math.min(pauseNanos, deadlineNanos - nanoClock.getAsLong()) : 0;
        pauseNanos = 0;
        if (pause > 0) {
            park.accept(pause);
        }
        long left = deadlineNanos - nanoClock.getAsLong();
        if (left < -GRACE_NANOS) {
            hasDeadline = false;
            return atMost;
        }
        Duration wait = Duration.ofMillis(Math.max(1, (left + 999_999) / 1_000_000));
        return wait.compareTo(atMost) < 0 ? wait : atMost;
    }
}
