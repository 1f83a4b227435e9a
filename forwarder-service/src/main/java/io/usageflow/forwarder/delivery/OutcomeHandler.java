package io.usageflow.forwarder.delivery;

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

/** Acts on answers: hands each to the handler of its kind. One thread. */
final class OutcomeHandler {
    final OutcomeRecords records;
    final DeadLetterPolicy deadLetterPolicy;
    final DestinationHealth destination;
    final CustomerQueues queues;
    final DeliveryMeters meters;
    final DeliveryClock clock;

    OutcomeHandler(
            OutcomeRecords records,
            DeadLetterPolicy deadLetterPolicy,
            DestinationHealth destination,
            CustomerQueues queues,
            DeliveryMeters meters,
            DeliveryClock clock) {
        this.records = records;
        this.deadLetterPolicy = deadLetterPolicy;
        this.destination = destination;
        this.queues = queues;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * An answered request.
     *
     * @param asked the event that Credyt was asked for; empty where the events were sent
     * @param inFlight requests in flight when it was answered, itself included
     */
    record Answered(
            long request,
            CustomerQueues.BatchRequest batchRequest,
            Optional<PendingEvent> asked,
            long sentNanos,
            int inFlight,
            Answer answer) {}

    /** @return until when all of this customer waits, where it does */
    OptionalLong follow(Answered answered) {
        if (answered.asked().isPresent()) {
            return new LookupHandler(this, answered).lookedUp(answered.asked().get());
        }
        Outcome outcome = AnswerClassifier.classify(
                answered.answer(), answered.batchRequest().ids(), clock.now());
        meters.answered(
                outcome,
                answered.batchRequest().events().size(),
                Duration.ofNanos(clock.nanos() - answered.sentNanos()));
        return outcome.match(new CaseHandler(this, answered));
    }
}
