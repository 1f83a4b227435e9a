package io.usageflow.sandbox.behaviour;

/**
 * Bounds of the sandbox; none is known of Credyt. Immutable.
 *
 * @param maxBodyBytes a longer body is answered 413; default 10 MiB
 * @param maxBatchEvents more events in a request are answered 413; default 10,000
 * @param requestsPerSecond more are answered 429; 0 (default) means no limit
 * @param retryAfterSeconds the {@code Retry-After} of such a 429; 0 leaves the header out; default 1
 * @param concurrentRequests more at once are answered 503; 0 (default) means no limit
 * @param requestLog requests remembered, newest kept; default 1,000, at most 1,000,000
 */
public record Limits(
        int maxBodyBytes,
        int maxBatchEvents,
        int requestsPerSecond,
        int retryAfterSeconds,
        int concurrentRequests,
        int requestLog) {
    public static final Limits DEFAULT = new Limits(10 * 1024 * 1024, 10_000, 0, 1, 0, 1_000);

    public Limits {
        within("max_body_bytes", maxBodyBytes, 1, Integer.MAX_VALUE - 16);
        within("max_batch_events", maxBatchEvents, 1, Integer.MAX_VALUE);
        within("requests_per_second", requestsPerSecond, 0, 1_000_000_000);
        within("retry_after_seconds", retryAfterSeconds, 0, 86_400);
        within("concurrent_requests", concurrentRequests, 0, 1_000_000);
        within("request_log", requestLog, 0, 1_000_000);
    }

    public Limits withMaxBodyBytes(int changed) {
        return new Limits(
                changed, maxBatchEvents, requestsPerSecond, retryAfterSeconds, concurrentRequests, requestLog);
    }

    public Limits withMaxBatchEvents(int changed) {
        return new Limits(maxBodyBytes, changed, requestsPerSecond, retryAfterSeconds, concurrentRequests, requestLog);
    }

    public Limits withRate(int changedRequestsPerSecond, int changedRetryAfterSeconds) {
        return new Limits(
                maxBodyBytes,
                maxBatchEvents,
                changedRequestsPerSecond,
                changedRetryAfterSeconds,
                concurrentRequests,
                requestLog);
    }

    public Limits withConcurrentRequests(int changed) {
        return new Limits(maxBodyBytes, maxBatchEvents, requestsPerSecond, retryAfterSeconds, changed, requestLog);
    }

    public Limits withRequestLog(int changed) {
        return new Limits(
                maxBodyBytes, maxBatchEvents, requestsPerSecond, retryAfterSeconds, concurrentRequests, changed);
    }

    private static void within(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "limits." + name + " is " + value + ": use a number from " + min + " to " + max);
        }
    }
}
