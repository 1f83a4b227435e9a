/**
 * The environment of every benchmark. {@link io.usageflow.benchmarks.cluster.BenchmarkCluster} is a broker and a schema
 * registry. {@link io.usageflow.benchmarks.cluster.ChildProcess} is a process of the benchmark's own, as the benchmark
 * sees it, and {@link io.usageflow.benchmarks.cluster.ChildProcess.OrderLoop} runs in that process. An order is a line,
 * its answer another one.
 */
@NullMarked
package io.usageflow.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
