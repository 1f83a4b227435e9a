/**
 * Replays and discards dead letters. The command line and the console both call this package; nothing in it prints or
 * ends a process.
 *
 * <ol>
 *   <li>{@link io.usageflow.forwarder.replay.ReplayRequest} says which dead letters to answer, and how;
 *   <li>{@link io.usageflow.forwarder.replay.ReplayJob} plans the request, or executes it;
 *   <li>{@link io.usageflow.forwarder.replay.ReplayRules} decides what happens to each dead letter, and explains why
 *   nothing is billed twice;
 *   <li>{@link io.usageflow.forwarder.replay.EventFix} corrects events before they are replayed;
 *   <li>{@link io.usageflow.forwarder.replay.ReplayTransaction} writes replayed records and their marks, and explains
 *   why each dead letter is replayed once;
 *   <li>{@link io.usageflow.forwarder.replay.CanaryWatch} waits for the outcome of the canary.
 * </ol>
 */
@NullMarked
package io.usageflow.forwarder.replay;

import org.jspecify.annotations.NullMarked;
