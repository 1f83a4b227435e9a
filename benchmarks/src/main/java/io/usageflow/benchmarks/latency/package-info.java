/**
 * P7: how long an event takes from the call of {@code publish} until its request has arrived at the sink. {@link
 * io.usageflow.benchmarks.latency.LatencyBenchmark} runs the whole pipeline with default settings, each part in a
 * process of its own: {@link io.usageflow.benchmarks.latency.PublisherMain}, the broker, the forwarder with both roles,
 * the sink. {@link io.usageflow.benchmarks.latency.AdmittedWatch} sees events pass between admission and delivery.
 *
 * <p>P13: what the same {@link io.usageflow.benchmarks.latency.Pipeline} costs at ordinary rates, with P7 in the same
 * run. {@link io.usageflow.benchmarks.latency.CostBenchmark} measures it.
 */
@NullMarked
package io.usageflow.benchmarks.latency;

import org.jspecify.annotations.NullMarked;
