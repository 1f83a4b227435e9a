package io.usageflow.sandbox.http;

import java.util.function.LongSupplier;

/** A token bucket that holds one second of requests. Thread-safe. */
final class RateLimit {
    private static final double NANOS_PER_SECOND = 1e9;

    private final LongSupplier nanoTime;
    private long lastNanos;
    private double tokens;
    private int perSecond;

    RateLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong();
    }

    /** @param limit requests per second; 0 means no limit; a changed limit starts with a full bucket */
    synchronized boolean allows(int limit) {
        long now = nanoTime.getAsLong();
        if (limit != perSecond) {
            perSecond = limit;
            tokens = limit;
            lastNanos = now;
        }
        if (limit == 0) {
            return true;
        }
        tokens = Math.min(limit, tokens + (now - lastNanos) / NANOS_PER_SECOND * limit);
        lastNanos = now;
        if (tokens < 1) {
            return false;
        }
        tokens -= 1;
        return true;
    }
}
