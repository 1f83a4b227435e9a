/**
 * The sides that are measured against each other, each in a process of its own. {@link
 * io.usageflow.benchmarks.side.SideProcess.SideMain} is that process; it takes orders on its standard input, and starts
 * and stops the {@link io.usageflow.benchmarks.program.SideProgram} of its {@link
 * io.usageflow.benchmarks.side.SideKind}. {@link io.usageflow.benchmarks.side.SideProcess} is the other end of the
 * line, in the benchmark's own process. {@link io.usageflow.benchmarks.side.Side} is a side that admits events, with
 * topics and events of its own.
 *
 * <p>All sides read the settings of a forwarder, and give Kafka Streams the same ones; the class comment of a peer says
 * what it does differently.
 */
@NullMarked
package io.usageflow.benchmarks.side;

import org.jspecify.annotations.NullMarked;
