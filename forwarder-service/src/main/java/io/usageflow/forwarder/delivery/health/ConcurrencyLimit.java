package io.usageflow.forwarder.delivery.health;

/**
 * Limits the requests in flight: additive increase, multiplicative decrease, like TCP. Pure; one thread; times in
 * nanoseconds of a monotonic clock.
 *
 * <p>Below the threshold each answered request adds one (doubling per round trip), above it a whole round of answers
 * adds one. An overload halves the limit and the threshold, at most once per round, because the other requests of that
 * round were sent under the old limit. After an outage {@link #restart} begins at one, with the threshold at half of
 * the last good limit, so that a backlog does not overload a service that has just returned.
 */
final class ConcurrencyLimit {
    private final int max;
    private double limit;
    private double threshold;
    /** The limit at the last healthy answer. */
    private double good;

    private boolean cutBefore;
    private long lastCutNanos;

    /**
     * Begins with a limit of {@code start}.
     *
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
     * Handles a healthy answer.
     *
     * @param inFlight requests in flight when the answer came, including this one; an unused limit does not grow
     */
    void answered(int inFlight) {
        if (inFlight * 2 >= current()) {
            limit = Math.min(max, limit + (limit < threshold ? 1 : 1 / limit));
        }
        good = limit;
    }

    /** Handles an overload of a request that was sent at {@code sentNanos}. */
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
