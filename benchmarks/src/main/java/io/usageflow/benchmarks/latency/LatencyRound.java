package io.usageflow.benchmarks.latency;

/**
 * What one round has found. Immutable.
 *
 * @param total from the call of publish until the request has arrived
 * @param toAdmitted from the call until admission took the event in hand
 * @param toVisible from the call until the deliverable event was committed and read
 * @param toRequest from there until the request has arrived
 * @param cores what the processes used meanwhile
 * @param lateMs by how much the publisher's latest call was late: what it waited for the CPU itself
 */
record LatencyRound(
        Distribution total,
        Distribution toAdmitted,
        Distribution toVisible,
        Distribution toRequest,
        Cores cores,
        double lateMs) {
    /** In cores. */
    record Cores(double publisher, double forwarder, double broker, double sink, double others) {}
}
