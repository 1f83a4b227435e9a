package io.usageflow.benchmarks.delivery;

import io.usageflow.benchmarks.ground.Measured;
import java.util.Optional;

/**
 * One side's turn. Immutable.
 *
 * @param measured its speed and CPU time
 * @param requestsPerSecond at the sink, over the part of the slice that {@link TurnWatch} keeps
 * @param eventsPerRequest over all of it
 * @param sinkCores CPU that the sink used meanwhile, in cores
 * @param engine delivery's own meters over the same part; of no other side
 */
record Turned(
        Measured measured,
        double requestsPerSecond,
        double eventsPerRequest,
        double sinkCores,
        Optional<EngineMeters> engine) {
    /** From sending a request until its answer was followed, in seconds. */
    double latencySeconds() {
        return engine.map(meters -> meters.requestSeconds() / Math.max(1, meters.requests()))
                .orElse(Double.NaN);
    }
}
