/**
 * The sink that replaces Credyt while delivery is measured. {@link io.usageflow.benchmarks.sink.SinkProcess.SinkMain}
 * is a process that answers every request with 202 after its think time, and {@link
 * io.usageflow.benchmarks.sink.Arrivals} notes when each event came first. It validates nothing, so that it takes as
 * little of the shared CPU as it can; its counts show that nothing is lost, repeated, invented or changed. {@link
 * io.usageflow.benchmarks.sink.SinkProcess} gives it its orders.
 */
@NullMarked
package io.usageflow.benchmarks.sink;

import org.jspecify.annotations.NullMarked;
