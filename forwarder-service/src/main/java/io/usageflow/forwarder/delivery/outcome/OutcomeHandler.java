package io.usageflow.forwarder.delivery.outcome;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.delivery.answer.AnswerClassifier;
import io.usageflow.forwarder.delivery.answer.Outcome;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.health.DestinationHealth;
import io.usageflow.forwarder.delivery.queue.CustomerQueues;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Acts on answers: passes each to the handler of its kind. One thread. */
public record OutcomeHandler(
        OutcomeRecords records,
        DeadLetterPolicy deadLetterPolicy,
        DestinationHealth destination,
        CustomerQueues queues,
        DeliveryMeters meters,
        DeliveryClock clock) {

    /**
     * An answered request.
     *
     * @param lookup the event that was looked up at Credyt; empty if the events were sent
     * @param inFlight requests in flight when the answer came, including this one
     */
    public record Answered(
            long request,
            CustomerQueues.BatchRequest batchRequest,
            Optional<PendingEvent> lookup,
            long sentNanos,
            int inFlight,
            Answer answer) {}

    /** Returns the time until which the whole customer waits; empty if it need not wait. */
    public OptionalLong handle(Answered answered) {
        if (answered.lookup().isPresent()) {
            var handler = new LookupHandler(this, answered);
            OptionalLong heldUntil = handler.handle(answered.lookup().get());
            handler.finish();
            return heldUntil;
        }
        CustomerQueues.BatchRequest request = answered.batchRequest();
        Outcome outcome = request.customer().account().isPresent()
                ? AnswerClassifier.classifyInAccount(answered.answer(), request.ids(), clock.now())
                : AnswerClassifier.classify(answered.answer(), request.ids(), clock.now());
        meters.answered(
                outcome,
                answered.batchRequest().events().size(),
                Duration.ofNanos(clock.nanos() - answered.sentNanos()));
        var handler = new BatchAnswerHandler(this, answered);
        OptionalLong heldUntil = outcome.match(handler);
        handler.finish();
        return heldUntil;
    }
}
