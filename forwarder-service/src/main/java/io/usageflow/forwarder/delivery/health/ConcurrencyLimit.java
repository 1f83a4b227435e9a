package io.usageflow.forwarder.delivery.health;

/**
 * How many requests may be in flight: additive increase, multiplicative decrease, as TCP does it. Pure; the caller gives
 * the time in nanoseconds of any monotonic clock. One thread.
 *
 * <p>Below the threshold each answered request adds one (doubling per round trip), above it a whole round of answers
 * adds one. An overload halves the limit and the threshold, but once per round only: the other requests of that round
 * were sent under the same old limit and their failures say nothing new. After an outage {@link #restart} begins at one
 * again, with the threshold at half of what was good before, so that a backlog does not fall upon a service that has
 * just come back.
 */
final class ConcurrencyLimit {
    private final int max;
    private double limit;
    private double threshold;
    /** The limit when an answer last came in good health: what an outage is measured against. */
    private double good;

    private boolean cutBefore;
    private long lastCutNanos;

    /**
     * @param start first limit, 1..max
     * @param max upper bound, at least 1
     */
    ConcurrencyLimit(int start, int max) {
        if (start < 1 || max < start) {
            throw new IllegalArgumentException(
                    "a concurrency limit needs 1 <= start <= max, not " + start + ", " + max);
        }
        this.max = max;
        this.limit = start;
        this.threshold = max;
        this.good = start;
    }

    int current() {
        return (int) limit;
    }

    /**
     * Credyt answered in good health.
     *
     * @param inFlight requests in flight when it was answered, itself included: a limit that is not used does not grow
     */
    void answered(int inFlight) {
        if (inFlight * 2 >= current()) {
            limit = Math.min(max, limit + (limit < threshold ? 1 : 1 / limit));
        }
        good = limit;
    }

    /** @param sentNanos when the overloaded request was sent */
    void overloaded(long sentNanos, long nowNanos) {
        if (cutBefore && sentNanos - lastCutNanos < 0) {
            return;
        }
        cutBefore = true;
        lastCutNanos = nowNanos;
        limit = Math.max(1, limit / 2);
        threshold = limit;
    }

    /** Restarts at one after an outage. */
    void restart() {
        threshold = Math.max(1, good / 2);
        limit = 1;
    }
}
