/**
 * How fast a side handles a slice: {@link io.usageflow.benchmarks.measure.SliceWatch} looks every few milliseconds at the
 * offsets the side has committed and at the CPU time it has used, and {@link io.usageflow.benchmarks.measure.Speed} is
 * taken from the middle of these looks. Nothing here knows what is measured.
 */
@NullMarked
package io.usageflow.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
