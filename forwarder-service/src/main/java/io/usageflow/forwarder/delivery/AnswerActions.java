package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.OutcomeHandler.Answered;
import io.usageflow.forwarder.delivery.answer.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import io.usageflow.forwarder.delivery.avro.Proof;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords.DeadLetterCause;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.health.DestinationHealth;
import io.usageflow.forwarder.delivery.health.FailureBudgets.FailureStatus;
import io.usageflow.forwarder.delivery.partition.SettledRecord;
import io.usageflow.forwarder.delivery.queue.Batch;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.forwarder.delivery.queue.CustomerQueues;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.forwarder.delivery.queue.SuspectEvent;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One answer: what it is about, and what a handler may do about it. One thread. */
abstract class AnswerActions {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerActions.class);
    /** Characters of an answer that a log line, a customer's state and a dead letter quote. */
    static final int WORD_MAX = 200;

    final Answered answered;
    final Batch batch;
    final List<PendingEvent> events;
    final Customer customer;
    final Instant now;
    final long nanos;
    final DeadLetterPolicy deadLetterPolicy;
    final DestinationHealth destination;
    final CustomerQueues queues;
    final DeliveryMeters meters;
    private final OutcomeRecords records;

    AnswerActions(OutcomeHandler handler, Answered answered) {
        this.answered = answered;
        this.batch = answered.batchRequest().batch();
        this.events = answered.batchRequest().events();
        this.customer = answered.batchRequest().customer();
        this.now = handler.clock.now();
        this.nanos = handler.clock.nanos();
        this.deadLetterPolicy = handler.deadLetterPolicy;
        this.destination = handler.destination;
        this.queues = handler.queues;
        this.meters = handler.meters;
        this.records = handler.records;
    }

    /** The batch's next request, whichever it is, after a wait that grows. */
    final OptionalLong again(Optional<Duration> notBefore) {
        meters.retried();
        batch.delay(nanos + destination.wait(batch.failed(nanos), notBefore).toNanos());
        return OptionalLong.empty();
    }

    /** At the first failure of a batch; the health shows the others. */
    final void warnOfUnclear(int status, String word) {
        if (batch.lastFailureNanos().isPresent()) {
            return;
        }
        LOG.warn(
                "event=answer_not_understood status={} customer={} events={} word={} remedy=\"Credyt is asked for each"
                        + " event before it is settled or sent again\"",
                status,
                VisibleText.logged(customer.value()),
                events.size(),
                VisibleText.logged(VisibleText.of(word, WORD_MAX)));
    }

    /** Not Credyt's word on an event: where it meets several customers it is an outage. */
    final void destinationRefuses(String cause, Optional<Duration> notBefore) {
        var refused = new Retry(cause, notBefore, false, OutageCause.REFUSED);
        destination.failed(answered.request(), customer, refused, answered.sentNanos(), nanos);
    }

    final long waitUntil(int failures, Retry outcome) {
        return nanos + destination.wait(failures, outcome.notBefore()).toNanos();
    }

    final void setApart(List<PendingEvent> alone) {
        if (!alone.isEmpty()) {
            long until = nanos + destination.wait(1, Optional.empty()).toNanos();
            queues.suspect(customer, alone, destination.requests(), until);
        }
    }

    final FailureStatus customerFailed(String cause) {
        Set<TopicPartition> partitions = new HashSet<>();
        events.forEach(event -> partitions.add(event.partition().partition()));
        boolean whole = !batch.bisector().isDividing() && !(batch instanceof SuspectEvent);
        return destination.customers().failed(customer, partitions, cause, whole, nanos);
    }

    /** All of the customer waits before it is tried again, what has not come yet too. */
    final OptionalLong waitAll(FailureStatus failure, Optional<Duration> floor) {
        long until = nanos + destination.wait(failure.inARow(), floor).toNanos();
        batch.delay(until);
        return OptionalLong.of(until);
    }

    final OptionalLong stepAside(DeadLetterReason reason, FailureStatus failure, Optional<Duration> floor) {
        deadLetterPolicy.customer(customer, batch, reason, answered.answer());
        return waitAll(failure, floor);
    }

    /** What failed alone before is suspect now, and may be tried again. */
    final void passed(PendingEvent event) {
        setApart(batch.bisector().takeAlone());
        queues.passed(customer, event);
    }

    final OptionalLong settleCulprits() {
        List<PendingEvent> culprits = batch.bisector().takeCulprits();
        int granted = deadLetterPolicy.allowed(customer, DeadLetterReason.REJECTED, culprits.size());
        for (PendingEvent event : culprits.subList(0, granted)) {
            Optional<Answer.Response> refusal = event.refusal().flatMap(Answer::response);
            deadLetterPolicy.die(
                    event, new DeadLetterCause(DeadLetterReason.REJECTED, rejection(refusal), refusal), now);
        }
        if (granted < culprits.size()) {
            batch.bisector().putBack(culprits.subList(granted, culprits.size()));
            batch.delay(nanos
                    + destination.wait(batch.failed(nanos), Optional.empty()).toNanos());
            meters.retried();
        }
        return OptionalLong.empty();
    }

    private static String rejection(Optional<Answer.Response> refusal) {
        return "Credyt refused the event standing alone"
                + refusal.map(answer -> " with HTTP " + answer.status()).orElse("")
                + ": see the response excerpt, fix the field it names and replay.";
    }

    final void deliver(PendingEvent event, Proof proof, int status) {
        if (event.isOpen()) {
            SettledRecord receipt = records.receipt(event, proof, status, now);
            event.settle(receipt);
            meters.settled(receipt.result());
        }
    }

    final void fail(List<PendingEvent> failed) {
        failed.forEach(event -> event.failed(now));
    }

    final void destinationIsWell() {
        destination.well(answered.request(), answered.inFlight(), nanos);
    }

    final void customerIsWell() {
        destination.customers().succeeded(customer);
        batch.answered();
    }
}
