/**
 * What an answer of Credyt means for the events of a request. Pure: {@link
 * io.usageflow.forwarder.delivery.answer.AnswerClassifier} turns an answer into an {@link
 * io.usageflow.forwarder.delivery.answer.Outcome}.
 */
@NullMarked
package io.usageflow.forwarder.delivery.answer;

import org.jspecify.annotations.NullMarked;
