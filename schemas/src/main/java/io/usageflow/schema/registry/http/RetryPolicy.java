package io.usageflow.schema.registry.http;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Number and delay of retries: exponential, with full jitter. Immutable and pure.
 *
 * @param retries after the first attempt, from 0
 * @param firstWait the longest wait before the first retry; doubles with each further one
 * @param longestWait bound of every wait
 */
public record RetryPolicy(int retries, Duration firstWait, Duration longestWait) {
    public RetryPolicy {
        if (retries < 0 || firstWait.isNegative() || longestWait.isNegative()) {
            throw new IllegalArgumentException(
                    "retries and waits must not be negative: " + retries + ", " + firstWait + ", " + longestWait);
        }
    }

    /**
     * The wait before a retry.
     *
     * @param retry counts from 1
     */
    public Duration waitBefore(int retry, RandomGenerator random) {
        double ceiling = Math.min((double) longestWait.toMillis(), firstWait.toMillis() * Math.pow(2, retry - 1));
        return Duration.ofMillis(Math.round(random.nextDouble() * ceiling));
    }
}
