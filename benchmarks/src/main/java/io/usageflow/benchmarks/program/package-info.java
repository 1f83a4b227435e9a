/**
 * The programs of a side's process: usageflow itself ({@link io.usageflow.benchmarks.program.ForwarderProgram}), or an
 * alternative.
 *
 * <p>Instead of admission: {@link io.usageflow.benchmarks.program.StreamsProgram} with a topology that copies all
 * events, or that removes repeats with one of the {@link io.usageflow.benchmarks.program.ComparedDedupStore}s and does
 * nothing else.
 *
 * <p>Instead of delivery: Parallel Consumer ({@link io.usageflow.benchmarks.program.ParallelConsumerProgram}) and a
 * plain consumer ({@link io.usageflow.benchmarks.program.NaiveProgram}), each with the options its documentation
 * advises. All of them read, decode and send the same bytes as delivery does ({@link
 * io.usageflow.benchmarks.program.PeerConsumer.RequestBodies}), with the same consumer settings ({@link
 * io.usageflow.benchmarks.program.PeerConsumer}). None of them writes a receipt or a dead letter.
 */
@NullMarked
package io.usageflow.benchmarks.program;

import org.jspecify.annotations.NullMarked;
