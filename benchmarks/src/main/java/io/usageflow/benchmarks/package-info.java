/**
 * usageflow measured against what it could be replaced with, both sides in one run. The path of {@code benchmarks/run
 * admission}:
 *
 * <ol>
 *   <li>{@link io.usageflow.benchmarks.ground.Ground} starts a broker in a JVM of its own and a schema registry.
 *   <li>{@link io.usageflow.benchmarks.ground.Side} starts a process for each side ({@link
 *       io.usageflow.benchmarks.side.SideMain}), with topics of its own.
 *   <li>{@link io.usageflow.benchmarks.load.EventFeed} makes events, {@link io.usageflow.benchmarks.load.SliceWriter}
 *       writes a slice of them in one transaction and shows all of it at once.
 *   <li>{@link io.usageflow.benchmarks.measure.SliceWatch} follows the offsets the side commits and the CPU time it uses,
 *       until the slice is handled; {@link io.usageflow.benchmarks.measure.Speed} is what the middle of it says.
 *   <li>{@link io.usageflow.benchmarks.admission.AdmissionBenchmark} lets the sides take turns, round by round, drops the
 *       first round, and checks that every side did what it stands for.
 *   <li>{@link io.usageflow.benchmarks.report.Figure} is the ratio of two sides over all rounds; all of it goes to one JSON
 *       file.
 * </ol>
 */
@NullMarked
package io.usageflow.benchmarks;

import org.jspecify.annotations.NullMarked;
