package io.usageflow.forwarder.replay;

import java.time.Duration;

/**
 * Spreads what is done over time: what came late by more than a moment is never made up for, so the rate holds in every
 * second. The caller passes the time. Not thread-safe.
 */
final class ReplayRate {
    /** Clocks and threads are not more exact than this; at high rates it is many intervals. */
    private static final long CATCH_UP_NANOS = Duration.ofMillis(50).toNanos();

    private final long intervalNanos;
    private long nextNanos;

    /** @param nowNanos of a clock that only goes forward */
    ReplayRate(int perSecond, long nowNanos) {
        this.intervalNanos = Math.max(1, Duration.ofSeconds(1).toNanos() / perSecond);
        this.nextNanos = nowNanos;
    }

    /** How long to wait before the next one; zero where it may be done now. */
    Duration waitFor(long nowNanos) {
        return Duration.ofNanos(Math.max(0, nextNanos - nowNanos));
    }

    /** One is done. */
    void done(long nowNanos) {
        nextNanos = Math.max(nextNanos, nowNanos - CATCH_UP_NANOS) + intervalNanos;
    }
}
