package io.usageflow.forwarder.credyt.lookup;

import java.time.Duration;

/**
 * When the next question may be asked: at a steady rate, slower after each refusal for overload, back to the full rate
 * as answers come, and not at all while Credyt asked for a pause. Pure but for its state; times are
 * {@link System#nanoTime}'s.
 */
public final class QueryRate {
    private static final long SLOWDOWN_MAX = 64;
    private static final double RECOVERY = 0.9;

    private final long intervalNanos;
    private double slowdown = 1;
    private long nextAt;
    private long pausedUntil;

    /** @param perSecond above 0 */
    public QueryRate(double perSecond, long now) {
        this.intervalNanos = (long) (1e9 / perSecond);
        this.nextAt = now;
        this.pausedUntil = now;
    }

    /** How long to wait before the next question; 0 or less where it may be asked. */
    public long waitNanos(long now) {
        return Math.max(nextAt - now, pausedUntil - now);
    }

    /** A question is asked. What was not asked in time is not made up for in a burst. */
    public void asked(long now) {
        long interval = (long) (intervalNanos * slowdown);
        nextAt = Math.max(nextAt + interval, now - interval);
    }

    public void answered() {
        slowdown = Math.max(1, slowdown * RECOVERY);
    }

    /** Overload: a lower rate, and no query until the pause has passed. */
    public void overloaded(long now, Duration pause) {
        slowdown = Math.min(SLOWDOWN_MAX, slowdown * 2);
        pausedUntil = Math.max(pausedUntil, now + pause.toNanos());
    }
}
