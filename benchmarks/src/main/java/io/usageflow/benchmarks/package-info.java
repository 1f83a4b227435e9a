/**
 * usageflow measured against what it could be replaced with, both sides in one run. The path of {@code benchmarks/run
 * admission}:
 *
 * <ol>
 *   <li>{@link io.usageflow.benchmarks.cluster.BenchmarkCluster} starts a broker in a JVM of its own and a schema
 *   registry.
 *   <li>{@link io.usageflow.benchmarks.side.Side} starts a process for each side ({@link
 *       io.usageflow.benchmarks.side.SideProcess.SideMain}), with topics of its own.
 *   <li>{@link io.usageflow.benchmarks.load.EventFeed} makes events, {@link io.usageflow.benchmarks.load.SliceWriter}
 *       writes a slice in one transaction and commits it at once.
 *   <li>{@link io.usageflow.benchmarks.measure.SliceWatch} follows the offsets the side commits and the CPU time it
 *       uses, until the slice is handled; {@link io.usageflow.benchmarks.measure.SliceWatch.Speed} is taken from its
 *       middle.
 *   <li>{@link io.usageflow.benchmarks.measure.Rounds} lets the sides take turns, round by round, and drops the first
 *       round; {@link io.usageflow.benchmarks.admission.AdmissionBenchmark} checks that every side did its work.
 *   <li>{@link io.usageflow.benchmarks.measure.Series.Figure} is the ratio of two sides over all rounds; {@link
 *       io.usageflow.benchmarks.measure.Report} is the JSON file.
 * </ol>
 */
@NullMarked
package io.usageflow.benchmarks;

import org.jspecify.annotations.NullMarked;
