package io.usageflow.forwarder.delivery.outcome;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.Refused;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import io.usageflow.forwarder.delivery.answer.Outcome.Unclear;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords.DeadLetterCause;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords.Proof;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.health.DestinationHealth;
import io.usageflow.forwarder.delivery.health.FailureBudgets.FailureStatus;
import io.usageflow.forwarder.delivery.outcome.OutcomeHandler.Answered;
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

/** Handles one answer: its facts, and the actions that the handlers share. One thread. */
abstract class AnswerHandler {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerHandler.class);
    /** Characters of an answer that a log line, a customer's state or a dead letter quotes. */
    static final int QUOTE_MAX = 200;

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

    AnswerHandler(OutcomeHandler handler, Answered answered) {
        this.answered = answered;
        this.batch = answered.batchRequest().batch();
        this.events = answered.batchRequest().events();
        this.customer = answered.batchRequest().customer();
        this.now = handler.clock().now();
        this.nanos = handler.clock().nanos();
        this.deadLetterPolicy = handler.deadLetterPolicy();
        this.destination = handler.destination();
        this.queues = handler.queues();
        this.meters = handler.meters();
        this.records = handler.records();
    }

    /** Ends the handling of an answer of any kind: no event and no circuit may be left waiting for another answer. */
    final void finish() {
        // For a probe whose handler did not report the destination's health.
        destination.undecided(answered.request(), "the answer to the probe says nothing", Optional.empty(), nanos);
        addSuspects(batch.bisector().takeAlone());
        if (batch.hasOnlyFailedAlone()) {
            handleNothingAccepted();
            batch.delay(nanos + destination.wait(1, Optional.empty()).toNanos());
        }
        settleCulprits();
    }

    /**
     * Single events failed and none was accepted: they become suspects if the customer has other events to compare them
     * with.
     */
    final void handleNothingAccepted() {
        if (queues.canCompare(customer, batch)) {
            addSuspects(batch.bisector().takeFailedAlone());
        } else {
            batch.reassemble();
        }
    }

    /** Delays the batch's next request by a growing wait. */
    final OptionalLong retryLater(Optional<Duration> notBefore) {
        meters.retried();
        batch.delay(nanos + destination.wait(batch.failed(nanos), notBefore).toNanos());
        return OptionalLong.empty();
    }

    /** Logs the first failure of a batch only; health shows the others. */
    final void warnOfUnclear(Unclear outcome) {
        if (batch.lastFailureNanos().isPresent()) {
            return;
        }
        LOG.warn(
                "event=answer_not_understood status={} reason={} customer={} events={} answer={} next=\"each"
                        + " event is looked up at Credyt before it is settled, refused or sent again\"",
                outcome.status(),
                outcome.reason(),
                VisibleText.logged(customer.value()),
                events.size(),
                VisibleText.logged(VisibleText.of(outcome.word(), QUOTE_MAX)));
    }

    /** Counts a refusal that is not about an event. If several customers get it, it is an outage. */
    final void destinationRefuses(String cause, Optional<Duration> notBefore) {
        var refused = new Retry(cause, notBefore, false, OutageCause.REFUSED);
        destination.failed(answered.request(), customer, refused, answered.sentNanos(), nanos);
    }

    final long waitUntil(int failures, Retry outcome) {
        return nanos + destination.wait(failures, outcome.notBefore()).toNanos();
    }

    final void addSuspects(List<PendingEvent> alone) {
        if (!alone.isEmpty()) {
            long until = nanos + destination.wait(1, Optional.empty()).toNanos();
            queues.suspect(customer, alone, destination.requests(), until);
        }
    }

    final FailureStatus customerFailed(String cause) {
        boolean whole = !batch.bisector().isDividing() && !(batch instanceof SuspectEvent);
        return destination.customers().failed(customer, partitions(), cause, whole, nanos);
    }

    final Set<TopicPartition> partitions() {
        Set<TopicPartition> partitions = new HashSet<>();
        events.forEach(event -> partitions.add(event.partition().partition()));
        return partitions;
    }

    /** Delays the whole customer, including events that arrive later. */
    final OptionalLong waitAll(FailureStatus failure, Optional<Duration> floor) {
        long until = nanos + destination.wait(failure.inARow(), floor).toNanos();
        batch.delay(until);
        return OptionalLong.of(until);
    }

    final OptionalLong giveUp(DeadLetterReason reason, FailureStatus failure, Optional<Duration> floor) {
        deadLetterPolicy.giveUp(customer, batch, reason, answered.answer());
        return waitAll(failure, floor);
    }

    /** Isolates the refused events; a single event is refused itself, unless the customer seems to be the cause. */
    final OptionalLong handleRefused(Refused outcome) {
        destinationHealthy();
        fail(events);
        if (outcome.suspects().isEmpty() || events.size() == 1) {
            batch.bisector().refused(outcome.customerPossible(), outcome.refusalKind());
        } else {
            batch.bisector().partial(Set.of(), outcome.suspects());
        }
        if (batch.bisector().customerSuspected()) {
            batch.startOver();
            return customerFails(
                    DeadLetterReason.CUSTOMER_BLOCKED, "all its events refused with " + outcome.status(), true);
        }
        return OptionalLong.empty();
    }

    /**
     * Delays the whole customer while it has budget left. Then this batch becomes dead letters, and the next is a
     * probe.
     *
     * @param named as in {@link FailureDecision#afterRefusal}
     */
    final OptionalLong customerFails(DeadLetterReason reason, String cause, boolean named) {
        FailureStatus failure = customerFailed(cause);
        boolean spent = deadLetterPolicy.isSpent(failure, reason);
        switch (FailureDecision.afterRefusal(named, destination.acceptedSince(failure.sinceNanos()), spent)) {
            case GIVE_UP -> {
                return giveUp(reason, failure, Optional.empty());
            }
            case KEEP ->
                LOG.warn(
                        "event=customer_kept customer={} seconds={} why=\"the budget is spent, but"
                                + " Credyt accepted nothing from other customers\"" + " remedy=\"check credyt.url\"",
                        VisibleText.logged(customer.value()),
                        failure.failingFor().toSeconds());
            case RETRY -> {}
        }
        meters.retried();
        return waitAll(failure, Optional.empty());
    }

    /** Notes accepted events of the request; the customer is healthy. */
    final void noteAccepted(int count) {
        if (destination.accepted(count, nanos)) {
            // The cause was common, and it is gone.
            destination.customers().unfunded(nanos).forEach(each -> queues.release(each.customer()));
        }
        customerHealthy();
    }

    /** Notes that an event was accepted: events that failed alone before it become suspects and may be tried again. */
    final void passed(PendingEvent event) {
        addSuspects(batch.bisector().takeAlone());
        queues.passed(customer, event);
    }

    private void settleCulprits() {
        List<PendingEvent> culprits = batch.bisector().takeCulprits();
        int granted = deadLetterPolicy.allowed(customer, DeadLetterReason.REJECTED, culprits.size());
        for (PendingEvent event : culprits.subList(0, granted)) {
            Optional<Answer.Response> refusal = event.refusal().flatMap(Answer::response);
            deadLetterPolicy.die(
                    event, new DeadLetterCause(DeadLetterReason.REJECTED, rejection(refusal), refusal), now);
        }
        if (granted < culprits.size()) {
            batch.bisector().putBack(culprits.subList(granted, culprits.size()));
            retryLater(Optional.empty());
        }
    }

    private static String rejection(Optional<Answer.Response> refusal) {
        return "Credyt refused the event when it was sent alone"
                + refusal.map(answer -> " with HTTP " + answer.status()).orElse("")
                + ". Fix the field that the response excerpt names, then replay the event.";
    }

    final void deliver(PendingEvent event, Proof proof, int status) {
        if (event.isOpen()) {
            SettledRecord receipt = records.receipt(event, proof, status, now);
            event.settle(receipt);
            meters.settled(receipt.result());
            meters.delivered(Duration.between(event.origin().source().getTimestamp(), now));
        }
    }

    final void fail(List<PendingEvent> failed) {
        failed.forEach(event -> event.failed(now));
    }

    final void destinationHealthy() {
        destination.healthy(answered.request(), answered.inFlight(), answered.sentNanos(), nanos);
    }

    private void customerHealthy() {
        if (destination.customers().lacksFunds(customer)) {
            meters.probedFunds(true);
            LOG.info("event=funds_restored customer={}", VisibleText.logged(customer.value()));
        }
        destination.customers().succeeded(customer);
        batch.answered();
    }
}
