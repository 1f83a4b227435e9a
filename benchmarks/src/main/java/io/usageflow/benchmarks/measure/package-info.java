/**
 * How a benchmark measures and reports. {@link io.usageflow.benchmarks.measure.SliceWatch} reads every 25 ms the
 * offsets that a side has committed and the CPU time it has used; {@link
 * io.usageflow.benchmarks.measure.SliceWatch.Speed} is taken from the middle of these samples. {@link
 * io.usageflow.benchmarks.measure.Rounds} lets the sides take turns, {@link
 * io.usageflow.benchmarks.measure.Series.Figure} is the ratio of two sides, and {@link
 * io.usageflow.benchmarks.measure.Report} is the JSON file and the table on the terminal. Nothing here knows what is
 * measured.
 */
@NullMarked
package io.usageflow.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
