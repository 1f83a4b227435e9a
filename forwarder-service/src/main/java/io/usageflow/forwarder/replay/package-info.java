/**
 * A person's answers to dead letters: through the pipeline again, or given up. The command line and the console both ask
 * here; nothing in this package prints or ends a process.
 *
 * <ol>
 *   <li>{@link io.usageflow.forwarder.replay.ReplayRequest} says what is to be answered, and how;
 *   <li>{@link io.usageflow.forwarder.replay.ReplayJob} plans it, or does it;
 *   <li>{@link io.usageflow.forwarder.replay.ReplayRules} decides of each dead letter what becomes of it, and says why
 *       nothing is billed twice;
 *   <li>{@link io.usageflow.forwarder.replay.EventFix} corrects events on the way;
 *   <li>{@link io.usageflow.forwarder.replay.MarkedTransactions} writes, and says why each is replayed once;
 *   <li>{@link io.usageflow.forwarder.replay.CanaryWatch} waits for what became of the first.
 * </ol>
 */
@NullMarked
package io.usageflow.forwarder.replay;

import org.jspecify.annotations.NullMarked;
