/**
 * What stands in for Credyt while delivery is measured: {@link io.usageflow.benchmarks.sink.SinkServer} answers every
 * request with 202 after its think time, and {@link io.usageflow.benchmarks.sink.Arrivals} notes when each event came first.
 * It validates nothing, so that it takes as little of the shared CPU as it can; that nothing is lost, repeated, invented or
 * changed is seen from what it counts. Runs in a process of its own ({@link io.usageflow.benchmarks.sink.SinkMain}), told
 * what to do by {@link io.usageflow.benchmarks.sink.SinkProcess}.
 */
@NullMarked
package io.usageflow.benchmarks.sink;

import org.jspecify.annotations.NullMarked;
