/**
 * Processes of the benchmark's own: {@link io.usageflow.benchmarks.process.OrderLoop} is what runs in one, {@link
 * io.usageflow.benchmarks.process.ChildProcess} the other end of the line. An order is a line, its answer another one.
 */
@NullMarked
package io.usageflow.benchmarks.process;

import org.jspecify.annotations.NullMarked;
