/**
 * Replays and discards dead letters. The command line and the console both call this package; nothing in it prints or
 * ends a process.
 *
 * <ol>
 *   <li>{@link io.usageflow.forwarder.replay.ReplayRequest} says what is to be answered, and how;
 *   <li>{@link io.usageflow.forwarder.replay.ReplayJob} plans it, or does it;
 *   <li>{@link io.usageflow.forwarder.replay.ReplayRules} decides of each dead letter what becomes of it, and says why
 *       nothing is billed twice;
 *   <li>{@link io.usageflow.forwarder.replay.EventFix} corrects events on the way;
 *   <li>{@link io.usageflow.forwarder.replay.ReplayTransaction} writes, and says why each is replayed once;
 *   <li>{@link io.usageflow.forwarder.replay.CanaryWatch} waits for the outcome of the first.
 * </ol>
 */
@NullMarked
package io.usageflow.forwarder.replay;

import org.jspecify.annotations.NullMarked;
