package io.usageflow.benchmarks.producer;

/**
 * What one side did in one round. Immutable.
 *
 * @param events handed over
 * @param durableNanos from the first call until all were durable
 * @param kafkaNanos from the first call until Kafka had all of them
 * @param callNanos of the caller's thread for one event: the median where the pace was given, otherwise the mean, with all
 *     waiting for room
 * @param callNanos99 99 % of the calls took no longer; 0 without a pace
 * @param callNanos999 the same of 99.9 %
 * @param callBytes that the caller's thread allocated for one event
 * @param lateNanos by how much the latest call came late; 0 without a pace
 */
record Run(
        int events,
        long durableNanos,
        long kafkaNanos,
        long callNanos,
        long callNanos99,
        long callNanos999,
        long callBytes,
        long lateNanos) {
    double perSecond() {
        return events * 1e9 / durableNanos;
    }

    double perSecondToKafka() {
        return events * 1e9 / kafkaNanos;
    }
}
