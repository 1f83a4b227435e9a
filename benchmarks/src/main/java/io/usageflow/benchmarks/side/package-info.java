/**
 * The sides: what is measured against each other, each in a process of its own. {@link
 * io.usageflow.benchmarks.side.SideMain} is that process; it takes orders on its standard input, and starts and stops the
 * {@link io.usageflow.benchmarks.side.SideProgram} of its {@link io.usageflow.benchmarks.side.SideKind}. {@link
 * io.usageflow.benchmarks.side.SideProcess} is the other end of the line, in the benchmark's own process.
 *
 * <p>All sides read the settings of a forwarder, and give Kafka Streams the same ones; what a peer does otherwise stands in
 * its class comment.
 */
@NullMarked
package io.usageflow.benchmarks.side;

import org.jspecify.annotations.NullMarked;
