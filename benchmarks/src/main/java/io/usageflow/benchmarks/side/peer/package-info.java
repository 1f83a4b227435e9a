/**
 * What a user would take instead of delivery, each with the options its documentation advises: Parallel Consumer ({@link
 * io.usageflow.benchmarks.side.peer.VertxPeer}, {@link io.usageflow.benchmarks.side.peer.CorePeer}) and a plain consumer
 * ({@link io.usageflow.benchmarks.side.peer.NaivePeer}). All of them read, decode and write the same bytes as delivery does
 * ({@link io.usageflow.benchmarks.side.peer.RecordBody}), with the same consumer settings ({@link
 * io.usageflow.benchmarks.side.peer.PeerConsumer}). None of them writes a receipt or a dead letter.
 */
@NullMarked
package io.usageflow.benchmarks.side.peer;

import org.jspecify.annotations.NullMarked;
