package io.usageflow.forwarder.delivery.health;

import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Limits the requests in flight: additive increase, multiplicative decrease, like TCP. Pure; one thread; times in
 * nanoseconds of a monotonic clock.
 *
 * <p>Below the threshold each answered request adds one (doubling per round trip), above it a whole round of answers
 * adds one. An overload halves the limit and the threshold, at most once per round, because the other requests of that
 * round were sent under the old limit. After an outage {@link #restart} begins at one, with the threshold at half of
 * the last good limit, so that a backlog does not overload a service that has just returned.
 *
 * <p>Like TCP Vegas, it also notices requests that wait in a queue, at the destination or at the client: more in flight
 * then make delivery no faster, and batches smaller, since a customer's events are sent before others have joined them.
 * If even the lowest eighth of {@link #SAMPLES} latencies exceeds {@link #QUEUED} times the lowest one of the recent
 * past, and that of requests sent afterwards does, too, the limit is reduced in proportion, but not below its start.
 * The lowest latency is forgotten after {@link #FORGET}, so that a destination that became slower for good is not
 * mistaken for a queue; if a queue was noticed in that time, it is measured again with few requests in flight.
 */
final class ConcurrencyLimit {
    static final int SAMPLES = 32;
    static final double QUEUED = 2;
    static final Duration FORGET = Duration.ofSeconds(30);
    /** Shorter ones count as this: they say more about this machine's threads than about a queue. */
    static final Duration LATENCY_MIN = Duration.ofMillis(1);

    private final int start;
    private final int max;
    private double limit;
    private double threshold;
    /** The limit at the last healthy answer. */
    private double good;

    private boolean cutBefore;
    private long lastCutNanos;

    private final long[] latencies = new long[SAMPLES];
    private int sampled;
    /** Latencies of requests that were sent earlier do not count. */
    private OptionalLong sampledFrom = OptionalLong.empty();
    /** Whether the last samples were late; a pause of this process delays all requests in flight, but no later ones. */
    private boolean suspected;
    /** The lowest latency with which others are compared, and the lowest since {@link #sinceNanos}. */
    private long lowest = Long.MAX_VALUE;

    private long lowestSince = Long.MAX_VALUE;
    private long sinceNanos;
    private boolean queuedSince;
    /** Whether it stays at the start until a latency without a queue is known. */
    private boolean probing;

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
        this.start = start;
        this.max = max;
        this.limit = start;
        this.threshold = max;
        this.good = start;
    }

    int current() {
        return (int) limit;
    }

    /**
     * Handles a healthy answer to a request that was sent at {@code sentNanos}.
     *
     * @param inFlight requests in flight when the answer came, including this one; an unused limit does not change
     */
    void answered(int inFlight, long sentNanos, long nowNanos) {
        boolean isUsed = inFlight * 2 >= current();
        if (!probing) {
            limit = isUsed ? Math.min(max, limit + (limit < threshold ? 1 : 1 / limit)) : limit;
            good = limit;
        }
        if (sampledFrom.isEmpty() || sentNanos - sampledFrom.getAsLong() >= 0) {
            latencies[sampled++] = nowNanos - sentNanos;
            if (sampled == SAMPLES) {
                Arrays.sort(latencies);
                sampled = 0;
                compare(Math.max(LATENCY_MIN.toNanos(), latencies[SAMPLES / 8]), isUsed, nowNanos);
            }
        }
    }

    private void compare(long latency, boolean isUsed, long nowNanos) {
        if (probing || lowest == Long.MAX_VALUE) {
            probing = false;
            remember(latency, nowNanos);
        }
        lowest = Math.min(lowest, latency);
        lowestSince = Math.min(lowestSince, latency);
        if (nowNanos - sinceNanos > FORGET.toNanos()) {
            if (queuedSince) {
                probing = true;
                threshold = limit;
                cut(Math.min(limit, start), nowNanos);
                return;
            }
            remember(lowestSince, nowNanos);
        }
        boolean confirmed = suspected;
        suspected = isUsed && latency > QUEUED * lowest && limit > start;
        if (suspected && !confirmed) {
            sampleFrom(nowNanos);
        } else if (suspected) {
            queuedSince = true;
            threshold = Math.max(start, limit * QUEUED * lowest / latency);
            cut(threshold, nowNanos);
        }
    }

    private void remember(long latency, long nowNanos) {
        lowest = latency;
        lowestSince = Long.MAX_VALUE;
        sinceNanos = nowNanos;
        queuedSince = false;
    }

    /** Handles an overload of a request that was sent at {@code sentNanos}. */
    void overloaded(long sentNanos, long nowNanos) {
        if (cutBefore && sentNanos - lastCutNanos < 0) {
            return;
        }
        cut(Math.max(1, limit / 2), nowNanos);
        threshold = limit;
    }

    private void cut(double newLimit, long nowNanos) {
        limit = newLimit;
        cutBefore = true;
        lastCutNanos = nowNanos;
        suspected = false;
        sampleFrom(nowNanos);
    }

    private void sampleFrom(long nanos) {
        sampledFrom = OptionalLong.of(nanos);
        sampled = 0;
    }

    /** Restarts at one after an outage. */
    void restart() {
        threshold = Math.max(1, good / 2);
        limit = 1;
        probing = false;
        sampled = 0;
    }
}
