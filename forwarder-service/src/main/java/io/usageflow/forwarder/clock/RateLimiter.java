package io.usageflow.forwarder.clock;

import java.time.Duration;

/**
 * Spreads operations evenly at a rate. It slows down after each {@link #overloaded overload}, returns to the full rate
 * as operations {@link #succeeded succeed}, and allows no operation during a pause. The caller gives the time, in
 * nanoseconds of a monotonic clock. Not thread-safe.
 */
public final class RateLimiter {
    private static final long SLOWDOWN_MAX = 64;
    private static final double RECOVERY = 0.9;

    private final double intervalNanos;
    private final long burstNanos;
    private double slowdown = 1;
    private long nextNanos;
    private long pausedUntilNanos;

    /**
     * @param perSecond operations in a second, above 0
     * @param burst the longest unused time that is made up for by faster operations later
     */
    public RateLimiter(double perSecond, Duration burst, long nowNanos) {
        this.intervalNanos = 1e9 / perSecond;
        this.burstNanos = burst.toNanos();
        this.nextNanos = nowNanos;
        this.pausedUntilNanos = nowNanos;
    }

    /** How long to wait before the next operation; 0 or less where it may run now. */
    public long waitNanos(long nowNanos) {
        return Math.max(nextNanos - nowNanos, pausedUntilNanos - nowNanos);
    }

    /** An operation runs. Does not wait and does not refuse: ask {@link #waitNanos} first. */
    public void acquire(long nowNanos) {
        long earliest = nowNanos - burstNanos;
        nextNanos = (nextNanos - earliest > 0 ? nextNanos : earliest) + (long) (intervalNanos * slowdown);
    }

    public void succeeded() {
        slowdown = Math.max(1, slowdown * RECOVERY);
    }

    /** Halves the rate, down to a 64th, and pauses. */
    public void overloaded(long nowNanos, Duration pause) {
        slowdown = Math.min(SLOWDOWN_MAX, slowdown * 2);
        long until = nowNanos + pause.toNanos();
        pausedUntilNanos = until - pausedUntilNanos > 0 ? until : pausedUntilNanos;
    }
}
