package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.lookup.ExpectedBody;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.answer.AnswerClassifier;
import io.usageflow.forwarder.delivery.answer.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome;
import io.usageflow.forwarder.delivery.answer.Outcome.Accepted;
import io.usageflow.forwarder.delivery.answer.Outcome.CustomerTrouble;
import io.usageflow.forwarder.delivery.answer.Outcome.Divided;
import io.usageflow.forwarder.delivery.answer.Outcome.Halt;
import io.usageflow.forwarder.delivery.answer.Outcome.Part;
import io.usageflow.forwarder.delivery.answer.Outcome.Refused;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import io.usageflow.forwarder.delivery.answer.Outcome.TooLarge;
import io.usageflow.forwarder.delivery.answer.Outcome.Unclear;
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

/**
 * What follows from an answer: which events are settled, which are sent again and when, and what it says of the customer
 * and of the destination. One thread.
 */
final class OutcomeHandler {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeHandler.class);
    /** Characters of an answer that a log line, a customer's state and a dead letter quote. */
    private static final int WORD_MAX = 200;

    /** The wait before a part of a divided request stops growing after this number of failures. */
    private static final int DIVIDING_WAITS = 3;

    private final OutcomeRecords records;
    private final DeadLetterPolicy deadLetterPolicy;
    private final DestinationHealth destination;
    private final CustomerQueues queues;
    private final DeliveryMeters meters;
    private final DeliveryClock clock;

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
            return new AnswerHandler(answered).lookedUp(answered.asked().get());
        }
        Outcome outcome = AnswerClassifier.classify(
                answered.answer(), answered.batchRequest().ids(), clock.now());
        meters.answered(
                outcome,
                answered.batchRequest().events().size(),
                Duration.ofNanos(clock.nanos() - answered.sentNanos()));
        return outcome.match(new AnswerHandler(answered));
    }

    /** One answer's consequences. */
    private final class AnswerHandler implements Outcome.Cases<OptionalLong> {
        private final Answered answered;
        private final Batch batch;
        private final List<PendingEvent> events;
        private final Customer customer;
        private final Instant now = clock.now();
        private final long nanos = clock.nanos();

        AnswerHandler(Answered answered) {
            this.answered = answered;
            this.batch = answered.batchRequest().batch();
            this.events = answered.batchRequest().events();
            this.customer = answered.batchRequest().customer();
        }

        @Override
        public OptionalLong accepted(Accepted outcome) {
            destinationIsWell();
            destination.accepted(events.size(), nanos);
            customerIsWell();
            for (int i = 0; i < events.size(); i++) {
                deliver(
                        events.get(i),
                        outcome.known().contains(i) ? Proof.ALREADY_KNOWN : Proof.ACCEPTED,
                        outcome.status());
            }
            if (events.size() == 1 && !outcome.known().isEmpty()) {
                batch.bisector().known();
            } else {
                batch.bisector().accepted();
            }
            passed(events.get(events.size() - 1));
            return settleCulprits();
        }

        @Override
        public OptionalLong divided(Divided outcome) {
            destinationIsWell();
            Set<Integer> settled = new HashSet<>();
            Set<Integer> accused = new HashSet<>();
            outcome.parts().forEach((index, part) -> {
                switch (part) {
                    case ACCUSED -> accused.add(index);
                    case LATER -> {}
                    case UNCLEAR -> events.get(index).requireLookup();
                    case ACCEPTED, KNOWN -> {
                        settled.add(index);
                        Proof proof = part == Part.KNOWN ? Proof.ALREADY_KNOWN : Proof.ACCEPTED;
                        deliver(events.get(index), proof, outcome.status());
                    }
                }
            });
            if (!settled.isEmpty()) {
                destination.accepted(settled.size(), nanos);
                customerIsWell();
            }
            batch.bisector().divided(settled, accused);
            settled.stream().findAny().ifPresent(index -> passed(events.get(index)));
            boolean unclear = outcome.parts().containsValue(Part.UNCLEAR);
            if (unclear) {
                warnOfUnclear(outcome.status(), outcome.word());
            }
            if (unclear || outcome.parts().containsValue(Part.LATER)) {
                batch.delay(nanos
                        + destination
                                .wait(batch.failed(nanos), Optional.empty())
                                .toNanos());
                meters.retried();
            }
            return settleCulprits();
        }

        @Override
        public OptionalLong refused(Refused outcome) {
            destinationIsWell();
            fail(events);
            if (events.size() == 1) {
                events.get(0).refusedBy(answered.answer());
            }
            batch.bisector().refused(outcome.customerPossible(), outcome.exists(), outcome.likeness());
            if (batch.bisector().customerSuspected()) {
                batch.startOver();
                return customerFails(
                        DeadLetterReason.CUSTOMER_BLOCKED, "all its events refused with " + outcome.status(), true);
            }
            return settleCulprits();
        }

        @Override
        public OptionalLong tooLarge(TooLarge outcome) {
            if (outcome.fromCredyt()) {
                destinationIsWell();
            } else {
                destination.undecided(answered.request(), "HTTP " + outcome.status(), outcome.notBefore(), nanos);
            }
            batch.bisector().tooLarge();
            outcome.notBefore()
                    .ifPresent(floor -> batch.delay(
                            nanos + destination.wait(1, Optional.of(floor)).toNanos()));
            queues.tooLarge(
                    events.stream().mapToInt(event -> event.json().length).sum());
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong customerTrouble(CustomerTrouble outcome) {
            if (outcome.named()) {
                destinationIsWell();
            } else {
                destinationRefuses("HTTP " + outcome.status(), Optional.empty());
            }
            fail(events);
            return customerFails(DeadLetterReason.CUSTOMER_UNKNOWN, "HTTP " + outcome.status(), outcome.named());
        }

        @Override
        public OptionalLong unclear(Unclear outcome) {
            if (outcome.otherwise().isPresent() && events.get(0).isAbsent()) {
                return refused(outcome.otherwise().get());
            }
            if (events.get(0).isSettled()) {
                return comparisonFailed(new Retry(cause(outcome), outcome.notBefore(), false));
            }
            events.forEach(PendingEvent::requireLookup);
            warnOfUnclear(outcome.status(), outcome.word());
            if (outcome.fromCredyt()) {
                destinationIsWell();
            } else {
                destinationRefuses(cause(outcome), outcome.notBefore());
            }
            fail(events);
            customerFailed(cause(outcome));
            return again(outcome.notBefore());
        }

        /** What Credyt says of an event that it was asked for. */
        OptionalLong lookedUp(PendingEvent event) {
            String path = "GET /events/" + event.credytId();
            return ParsedResponse.of(answered.answer(), ExpectedBody.event(event.credytId()), now)
                    .match(
                            known -> known.result()
                                    .match(
                                            found -> isThere(event),
                                            absent -> isNotThere(event),
                                            unanswered -> staysUnclear(path + ": " + unanswered.why())),
                            later -> {
                                meters.lookedUp("unclear");
                                var failed = new Retry(path + ": " + later.why(), later.notBefore(), later.overload());
                                destination.failed(answered.request(), customer, failed, answered.sentNanos(), nanos);
                                return stillUnsettled(failed.cause(), failed.notBefore());
                            },
                            refused -> halt(new Halt(OutageCause.AUTH, refused.why(), Optional.empty())));
        }

        private OptionalLong isThere(PendingEvent event) {
            meters.lookedUp("found");
            int status =
                    answered.answer().response().map(Answer.Response::status).orElse(0);
            LOG.info(
                    "event=settled_by_lookup credyt_event_id={} customer={} status={}",
                    event.credytId(),
                    VisibleText.logged(customer.value()),
                    status);
            destinationIsWell();
            destination.lookups(nanos).succeeded();
            destination.accepted(1, nanos);
            customerIsWell();
            deliver(event, Proof.LOOKUP, status);
            batch.bisector().divided(Set.of(events.indexOf(event)), Set.of());
            return settleCulprits();
        }

        /** It is sent again, until the customer's budget is spent. */
        private OptionalLong isNotThere(PendingEvent event) {
            meters.lookedUp("absent");
            destinationIsWell();
            destination.lookups(nanos).succeeded();
            event.absent();
            return events.stream().anyMatch(PendingEvent::needsLookup)
                    ? OptionalLong.empty()
                    : stillUnsettled(
                            "answers that are not understood, of events that Credyt says it does not have",
                            Optional.empty());
        }

        private OptionalLong staysUnclear(String why) {
            meters.lookedUp("unclear");
            destinationRefuses(why, Optional.empty());
            return stillUnsettled(why, Optional.empty());
        }

        private OptionalLong stillUnsettled(String cause, Optional<Duration> notBefore) {
            Optional<Long> failedBefore = batch.lastFailureNanos();
            fail(events);
            FailureStatus failure = customerFailed(cause);
            long since = failure.blocked() ? failedBefore.orElse(nanos) : failure.sinceNanos();
            if (destination.acceptedSince(since)
                    && deadLetterPolicy.isSpent(failure, DeadLetterReason.CUSTOMER_BLOCKED)) {
                return stepAside(DeadLetterReason.CUSTOMER_BLOCKED, failure, notBefore);
            }
            return again(notBefore);
        }

        /** The batch's next request, whichever it is, after a wait that grows. */
        private OptionalLong again(Optional<Duration> notBefore) {
            meters.retried();
            batch.delay(nanos + destination.wait(batch.failed(nanos), notBefore).toNanos());
            return OptionalLong.empty();
        }

        private String cause(Unclear outcome) {
            return "HTTP " + outcome.status() + " says: " + VisibleText.of(outcome.word(), WORD_MAX);
        }

        /** At the first failure of a batch; the health shows the others. */
        private void warnOfUnclear(int status, String word) {
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
        private void destinationRefuses(String cause, Optional<Duration> notBefore) {
            var refused = new Retry(cause, notBefore, false, OutageCause.REFUSED);
            destination.failed(answered.request(), customer, refused, answered.sentNanos(), nanos);
        }

        private void warnOfRefusal(Retry outcome) {
            LOG.warn(
                    "event=request_refused customer={} answer=\"{}\" why=\"it is not Credyt's word on an event\""
                            + " remedy=\"check the account at Credyt, credyt.url and what stands on the way; the events"
                            + " wait\"",
                    VisibleText.logged(customer.value()),
                    outcome.cause());
        }

        @Override
        public OptionalLong retry(Retry outcome) {
            if (outcome.kind() == OutageCause.REFUSED
                    && batch.lastFailureNanos().isEmpty()) {
                warnOfRefusal(outcome);
            }
            destination.failed(answered.request(), customer, outcome, answered.sentNanos(), nanos);
            fail(events);
            if (events.get(0).isSettled()) {
                return comparisonFailed(outcome);
            }
            if (batch instanceof SuspectEvent suspect && mayBeTheContent(outcome)) {
                return suspectFailed(suspect, outcome);
            }
            destination.failedUnexplained();
            Optional<Long> failedBefore = batch.lastFailureNanos();
            int failures = batch.failed(nanos);
            FailureStatus failure = customerFailed(outcome.cause());
            if (mayBeTheContent(outcome) && batch.divide()) {
                nothingPasses();
            }
            boolean divisible = mayBeTheContent(outcome) && !failure.blocked() && !batch.triedApart();
            if (!divisible && isSpent(failure, failedBefore)) {
                return stepAside(DeadLetterReason.CUSTOMER_BLOCKED, failure, outcome.notBefore());
            }
            meters.retried();
            batch.delay(
                    waitUntil(batch.bisector().isDividing() ? Math.min(failures, DIVIDING_WAITS) : failures, outcome));
            return OptionalLong.empty();
        }

        /**
         * Whether the content of a request can be why it failed. No status proves it, since a firewall or a gateway may answer a
         * single event with any; a comparison decides. An answer that asks to wait says that the content is not the cause.
         */
        private boolean mayBeTheContent(Retry outcome) {
            return outcome.kind() == OutageCause.REFUSED
                    || answered.answer()
                            .response()
                            .map(response -> response.status() >= 500 || response.status() == 408)
                            .orElse(true);
        }

        /**
         * The destination was well for others between the last two failures, and is still taken to be. Of one that is blocked
         * they have to be two of this batch: its earlier ones may be long ago.
         */
        private boolean isSpent(FailureStatus failure, Optional<Long> failedBefore) {
            return destination.isWell()
                    && (failure.blocked() ? failedBefore : failure.previousNanos())
                            .filter(destination::wellSince)
                            .isPresent()
                    && deadLetterPolicy.isSpent(failure, DeadLetterReason.CUSTOMER_BLOCKED);
        }

        private long waitUntil(int failures, Retry outcome) {
            return nanos + destination.wait(failures, outcome.notBefore()).toNanos();
        }

        /** Single events of the batch failed, and none passed: others of the customer pass a few of them, if it has others. */
        private void nothingPasses() {
            if (queues.canCompare(customer, batch)) {
                setApart(batch.bisector().takeFailedAlone());
            } else {
                batch.putTogether();
            }
        }

        private void setApart(List<PendingEvent> alone) {
            if (!alone.isEmpty()) {
                long until = nanos + destination.wait(1, Optional.empty()).toNanos();
                queues.suspect(customer, alone, destination.requests(), until);
            }
        }

        private OptionalLong suspectFailed(SuspectEvent suspect, Retry outcome) {
            Optional<Long> failedBefore = batch.lastFailureNanos();
            int failures = batch.failed(nanos);
            boolean toBlame = suspect.isToBlame(destination.requests()) && destination.isWell();
            if (toBlame && deadLetterPolicy.allowed(customer, DeadLetterReason.FAILS_ALONE, 1) == 1) {
                String remedy = outcome.kind() == OutageCause.REFUSED
                        ? "The answer is not Credyt's: check the limits and rules of what stands between, then replay it."
                        : "Credyt may have it all the same: replay it under its id when Credyt has mended the cause.";
                String detail = DeadLetterReason.FAILS_ALONE.meaning() + " At last: " + outcome.cause() + ". " + remedy;
                var death = new DeadLetterCause(
                        DeadLetterReason.FAILS_ALONE, detail, answered.answer().response());
                deadLetterPolicy.die(events.get(0), death, now);
                batch.bisector().retain(event -> false);
                return OptionalLong.empty();
            }
            if (!suspect.customerPassed()) {
                FailureStatus failure = customerFailed(outcome.cause());
                if (isSpent(failure, failedBefore)) {
                    return stepAside(DeadLetterReason.CUSTOMER_BLOCKED, failure, outcome.notBefore());
                }
            }
            meters.retried();
            batch.delay(waitUntil(Math.min(failures, DIVIDING_WAITS), outcome));
            return OptionalLong.empty();
        }

        /** What Credyt has accepted before failed as well: that says nothing of the suspect events. */
        private OptionalLong comparisonFailed(Retry outcome) {
            destination.failedUnexplained();
            meters.retried();
            batch.bisector().retain(event -> !event.isSettled());
            queues.delaySuspects(customer, waitUntil(DIVIDING_WAITS, outcome));
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong halt(Halt outcome) {
            destination.halted(answered.request(), outcome, nanos);
            return OptionalLong.empty();
        }

        /**
         * While budget is left, all of the customer waits. Once it is spent, this batch becomes dead letters and the next is a probe.
         *
         * @param named whether Credyt named the customer. Where it did not, a wrong address or a broken service gives the
         *     same answer, for all customers: then it takes another's success to know that it is this one's fault
         */
        private OptionalLong customerFails(DeadLetterReason reason, String cause, boolean named) {
            FailureStatus failure = customerFailed(cause);
            boolean itsFault = named || destination.acceptedSince(failure.sinceNanos());
            boolean spent = deadLetterPolicy.isSpent(failure, reason);
            if (spent && itsFault) {
                return stepAside(reason, failure, Optional.empty());
            }
            if (spent) {
                LOG.warn(
                        "event=customer_kept customer={} seconds={} why=\"nothing was accepted meanwhile: check credyt.url\"",
                        VisibleText.logged(customer.value()),
                        failure.failingFor().toSeconds());
            }
            meters.retried();
            return waitAll(failure, Optional.empty());
        }

        private FailureStatus customerFailed(String cause) {
            Set<TopicPartition> partitions = new HashSet<>();
            events.forEach(event -> partitions.add(event.partition().partition()));
            boolean whole = !batch.bisector().isDividing() && !(batch instanceof SuspectEvent);
            return destination.customers().failed(customer, partitions, cause, whole, nanos);
        }

        /** All of the customer waits before it is tried again, what has not come yet too. */
        private OptionalLong waitAll(FailureStatus failure, Optional<Duration> floor) {
            long until = nanos + destination.wait(failure.inARow(), floor).toNanos();
            batch.delay(until);
            return OptionalLong.of(until);
        }

        private OptionalLong stepAside(DeadLetterReason reason, FailureStatus failure, Optional<Duration> floor) {
            deadLetterPolicy.customer(customer, batch, reason, answered.answer());
            return waitAll(failure, floor);
        }

        /** What failed alone before is suspect now, and may be tried again. */
        private void passed(PendingEvent event) {
            setApart(batch.bisector().takeAlone());
            queues.passed(customer, event);
        }

        private OptionalLong settleCulprits() {
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
                        + destination
                                .wait(batch.failed(nanos), Optional.empty())
                                .toNanos());
                meters.retried();
            }
            return OptionalLong.empty();
        }

        private String rejection(Optional<Answer.Response> refusal) {
            return "Credyt refused the event standing alone"
                    + refusal.map(answer -> " with HTTP " + answer.status()).orElse("")
                    + ": see the response excerpt, fix the field it names and replay.";
        }

        private void deliver(PendingEvent event, Proof proof, int status) {
            if (event.isOpen()) {
                SettledRecord receipt = records.receipt(event, proof, status, now);
                event.settle(receipt);
                meters.settled(receipt.result());
            }
        }

        private void fail(List<PendingEvent> failed) {
            failed.forEach(event -> event.failed(now));
        }

        private void destinationIsWell() {
            destination.well(answered.request(), answered.inFlight(), nanos);
        }

        private void customerIsWell() {
            destination.customers().succeeded(customer);
            batch.answered();
        }
    }
}
