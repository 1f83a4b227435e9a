package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.DeliverySettings.Retrying;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.Outcome.Accepted;
import io.usageflow.forwarder.delivery.Outcome.CustomerTrouble;
import io.usageflow.forwarder.delivery.Outcome.Divided;
import io.usageflow.forwarder.delivery.Outcome.Halt;
import io.usageflow.forwarder.delivery.Outcome.Part;
import io.usageflow.forwarder.delivery.Outcome.Refused;
import io.usageflow.forwarder.delivery.Outcome.Retry;
import io.usageflow.forwarder.delivery.Outcome.TooLarge;
import io.usageflow.forwarder.delivery.SettlementRecords.Death;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows from an answer: which events are settled, which are sent again and when, and what it says of the customer
 * and of the destination. One thread.
 */
final class Consequences {
    private static final Logger LOG = LoggerFactory.getLogger(Consequences.class);

    private final SettlementRecords records;
    private final Destination destination;
    private final CustomerQueues queues;
    private final FailingSince<Customer> failing;
    private final Retrying budgets;
    private final DeliveryMeters meters;
    private final DeliveryClock clock;

    Consequences(
            SettlementRecords records,
            Destination destination,
            CustomerQueues queues,
            Retrying budgets,
            DeliveryMeters meters,
            DeliveryClock clock) {
        this.records = records;
        this.destination = destination;
        this.queues = queues;
        this.failing = destination.customers();
        this.budgets = budgets;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * An answered request.
     *
     * @param inFlight requests in flight when it was answered, itself included
     */
    record Answered(long request, CustomerQueues.Pick pick, long sentNanos, int inFlight, Answer answer) {}

    /** @return until when all of this customer waits, where it does */
    OptionalLong follow(Answered answered) {
        Outcome outcome =
                AnswerClassifier.classify(answered.answer(), answered.pick().ids(), clock.now());
        meters.answered(
                outcome, answered.pick().events().size(), Duration.ofNanos(clock.nanos() - answered.sentNanos()));
        return outcome.match(new Ruling(answered));
    }

    /** Forgets what it knew of customers of which nothing is left here: they may do well elsewhere. */
    void forgetAllBut(Set<Customer> customers) {
        failing.retain(customers);
    }

    /** One answer's consequences. */
    private final class Ruling implements Outcome.Cases<OptionalLong> {
        private final Answered answered;
        private final Batch batch;
        private final List<PendingEvent> events;
        private final Customer customer;
        private final Instant now = clock.now();
        private final long nanos = clock.nanos();

        Ruling(Answered answered) {
            this.answered = answered;
            this.batch = answered.pick().batch();
            this.events = answered.pick().events();
            this.customer = answered.pick().customer();
        }

        @Override
        public OptionalLong accepted(Accepted outcome) {
            destinationIsWell();
            destination.accepted(nanos);
            customerIsWell();
            for (int i = 0; i < events.size(); i++) {
                deliver(events.get(i), outcome.known().contains(i), outcome.status());
            }
            if (events.size() == 1 && !outcome.known().isEmpty()) {
                batch.splitter().known();
            } else {
                batch.splitter().accepted();
            }
            return settleCulprits();
        }

        @Override
        public OptionalLong divided(Divided outcome) {
            destinationIsWell();
            Set<Integer> settled = new HashSet<>();
            Set<Integer> accused = new HashSet<>();
            outcome.parts().forEach((index, part) -> {
                if (part == Part.ACCUSED) {
                    accused.add(index);
                } else if (part != Part.LATER) {
                    settled.add(index);
                    deliver(events.get(index), part == Part.KNOWN, outcome.status());
                }
            });
            if (!settled.isEmpty()) {
                customerIsWell();
            }
            batch.splitter().divided(settled, accused);
            if (outcome.parts().containsValue(Part.LATER)) {
                batch.delay(nanos
                        + destination.wait(batch.failed(), Optional.empty()).toNanos());
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
            batch.splitter().refused(outcome.customerPossible(), outcome.exists(), outcome.likeness());
            if (batch.splitter().customerSuspected()) {
                batch.startOver();
                return customerFails(DeadLetterReason.CUSTOMER_BLOCKED, budgets.failingBudget(), true);
            }
            return settleCulprits();
        }

        @Override
        public OptionalLong tooLarge(TooLarge outcome) {
            destinationIsWell();
            batch.splitter().tooLarge();
            queues.tooLarge(
                    events.stream().mapToInt(event -> event.json().length).sum());
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong customerTrouble(CustomerTrouble outcome) {
            destinationIsWell();
            fail(events);
            return customerFails(DeadLetterReason.CUSTOMER_UNKNOWN, budgets.unknownBudget(), outcome.named());
        }

        @Override
        public OptionalLong retry(Retry outcome) {
            destination.failed(answered.request(), customer, outcome, answered.sentNanos(), nanos);
            fail(events);
            meters.retried();
            FailingSince.Standing standing = failing.failed(customer, nanos);
            // The destination was well for others between this customer's last two failures, and is still taken to be.
            boolean onlyThisCustomer =
                    standing.previousNanos().filter(destination::wellSince).isPresent()
                            && destination.circuit().state() == Circuit.State.CLOSED;
            if (onlyThisCustomer && standing.failingFor().compareTo(budgets.failingBudget()) >= 0) {
                return stepAside(DeadLetterReason.CUSTOMER_BLOCKED, standing.failingFor());
            }
            batch.delay(nanos
                    + destination.wait(batch.failed(), outcome.notBefore()).toNanos());
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong halt(Halt outcome) {
            destination.halted(answered.request(), outcome, nanos);
            return OptionalLong.empty();
        }

        /**
         * Budget left: all of the customer waits. Budget spent: this batch steps aside, and the next is a probe.
         *
         * @param named whether Credyt named the customer. Where it did not, a wrong address or a broken service gives the
         *     same answer, for all customers: then it takes another's success to know that it is this one's fault
         */
        private OptionalLong customerFails(DeadLetterReason reason, Duration budget, boolean named) {
            FailingSince.Standing standing = failing.failed(customer, nanos);
            boolean itsFault = named || destination.acceptedSince(standing.sinceNanos());
            if (!itsFault && standing.failingFor().compareTo(budget) >= 0) {
                LOG.warn(
                        "event=customer_kept customer={} seconds={} why=\"nothing was accepted meanwhile: check credyt.url\"",
                        customer.value(),
                        standing.failingFor().toSeconds());
            }
            if (itsFault && standing.failingFor().compareTo(budget) >= 0) {
                return stepAside(reason, standing.failingFor());
            }
            long until = nanos
                    + destination.wait(standing.inARow(), Optional.empty()).toNanos();
            meters.retried();
            batch.delay(until);
            return OptionalLong.of(until);
        }

        private OptionalLong stepAside(DeadLetterReason reason, Duration failingFor) {
            String detail = reason.meaning() + " Failing for " + failingFor.toSeconds() + " s; customer "
                    + customer.value() + ". Replay its events when it is in order.";
            for (PendingEvent event : batch.splitter().remaining()) {
                event.failed(now);
                die(event, reason, detail, Optional.of(answered.answer()));
            }
            batch.splitter().retain(event -> false);
            return OptionalLong.empty();
        }

        private OptionalLong settleCulprits() {
            for (PendingEvent event : batch.splitter().takeCulprits()) {
                die(event, DeadLetterReason.REJECTED, rejection(event), event.refusal());
            }
            return OptionalLong.empty();
        }

        private String rejection(PendingEvent event) {
            return "Credyt refused the event standing alone"
                    + event.refusal()
                            .filter(Answer.Response.class::isInstance)
                            .map(answer -> " with HTTP " + ((Answer.Response) answer).status())
                            .orElse("")
                    + ": see the response excerpt, fix the field it names and replay.";
        }

        private void deliver(PendingEvent event, boolean known, int status) {
            if (event.current()) {
                settle(event, records.receipt(event, known, status, now));
            }
        }

        private void die(PendingEvent event, DeadLetterReason reason, String detail, Optional<Answer> answer) {
            if (event.current()) {
                Optional<Answer.Response> response =
                        answer.filter(Answer.Response.class::isInstance).map(Answer.Response.class::cast);
                settle(event, records.dead(event, new Death(reason, detail, response), now));
            }
        }

        private void settle(PendingEvent event, Settled settled) {
            event.partition().settle(event.offset(), event.bytes(), settled);
            meters.settled(settled.verdict());
        }

        private void fail(List<PendingEvent> failed) {
            failed.forEach(event -> event.failed(now));
        }

        private void destinationIsWell() {
            destination.well(answered.request(), answered.inFlight(), nanos);
        }

        private void customerIsWell() {
            failing.succeeded(customer);
            batch.answered();
        }
    }
}
