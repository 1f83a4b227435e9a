/**
 * Dead letters: events that need a person or a fix, with their original bytes and a closed reason.
 *
 * <p>Both stages write them by {@link io.usageflow.forwarder.deadletter.DeadLetterDraft}. Operators read them:
 *
 * <ol>
 *   <li>{@link io.usageflow.forwarder.deadletter.DeadLetterFilter} says which are meant;
 *   <li>{@link io.usageflow.forwarder.deadletter.DeadLetterMarks} knows what a person has answered to each;
 *   <li>{@link io.usageflow.forwarder.deadletter.DeadLetterScan} hands them on, one at a time;
 *   <li>{@link io.usageflow.forwarder.deadletter.OriginalEvent} is what was published, where it can be read;
 *   <li>{@link io.usageflow.forwarder.deadletter.DeadLetterDocument} shows them to scripts.
 * </ol>
 *
 * Answers are given by {@code replay}.
 */
@NullMarked
package io.usageflow.forwarder.deadletter;

import org.jspecify.annotations.NullMarked;
