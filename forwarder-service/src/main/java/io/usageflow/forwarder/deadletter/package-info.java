/**
 * Dead letters: events that need an operator, with their original bytes and a closed reason.
 *
 * <p>Both stages write them by {@link io.usageflow.forwarder.deadletter.DeadLetterDraft}. Operators read them:
 *
 * <ol>
 *   <li>{@link io.usageflow.forwarder.deadletter.DeadLetterFilter} selects them;
 *   <li>{@link io.usageflow.forwarder.deadletter.DeadLetterMarks} has the newest answer to each;
 *   <li>{@link io.usageflow.forwarder.deadletter.DeadLetterScan} reads them, one at a time;
 *   <li>{@link io.usageflow.forwarder.deadletter.OriginalEvent} is the published event, if it can be read;
 *   <li>{@link io.usageflow.forwarder.deadletter.DeadLetterDocument} shows them to scripts.
 * </ol>
 *
 * The package {@code replay} answers them.
 */
@NullMarked
package io.usageflow.forwarder.deadletter;

import org.jspecify.annotations.NullMarked;
