package io.usageflow.benchmarks.producer;

/**
 * What one side did in one round. Immutable.
 *
 * @param events handed over
 * @param until when
 * @param call how long the caller's calls took
 * @param cpu time for one event; not taken where a pace was given, which waits by spinning
 * @param callBytes that the caller's thread allocated for one event
 * @param lateNanos by how much the latest call came late; 0 without a pace
 */
record Run(int events, Until until, Call call, Cpu cpu, long callBytes, long lateNanos) {
    /**
     * From the first call.
     *
     * @param durableNanos until all events were durable
     * @param kafkaNanos until Kafka had all of them
     */
    record Until(long durableNanos, long kafkaNanos) {}

    /**
     * @param nanos the median where a pace was given, otherwise the mean with all waiting for room
     * @param nanos99 99 % of the calls took no longer; 0 without a pace
     * @param nanos999 the same of 99.9 %
     */
    record Call(long nanos, long nanos99, long nanos999) {}

    /**
     * @param callerNanos of the caller's thread
     * @param processNanos of all of the side's process: Kafka's thread, the collector, the compiler
     */
    record Cpu(long callerNanos, long processNanos) {}

    double perSecond() {
        return events * 1e9 / until.durableNanos;
    }

    double perSecondToKafka() {
        return events * 1e9 / until.kafkaNanos;
    }

    double callMicros() {
        return call.nanos / 1e3;
    }

    double callMicros99() {
        return call.nanos99 / 1e3;
    }

    double callMicros999() {
        return call.nanos999 / 1e3;
    }

    double callerCpuNanos() {
        return cpu.callerNanos;
    }

    double processCpuNanos() {
        return cpu.processNanos;
    }
}
