package io.usageflow.forwarder.delivery.outcome;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.config.DeliverySettings.StepAside;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords.DeadLetterCause;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.health.DestinationHealth;
import io.usageflow.forwarder.delivery.health.FailureBudgets.FailingCustomer;
import io.usageflow.forwarder.delivery.health.FailureBudgets.FailureStatus;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.partition.SettledRecord;
import io.usageflow.forwarder.delivery.queue.Batch;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.forwarder.delivery.queue.CustomerQueues;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when valid events become dead letters: their customer fails for too long or holds back its partition, or an
 * operator has set a deadline for outages. One thread.
 */
public final class DeadLetterPolicy {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterPolicy.class);

    private final OutcomeRecords records;
    private final DeliveryMeters meters;
    private final CustomerQueues queues;
    private final DestinationHealth destination;
    private final StepAside bounds;
    private final DeliveryClock clock;

    public DeadLetterPolicy(
            OutcomeRecords records,
            DeliveryMeters meters,
            CustomerQueues queues,
            DestinationHealth destination,
            StepAside bounds,
            DeliveryClock clock) {
        this.records = records;
        this.meters = meters;
        this.queues = queues;
        this.destination = destination;
        this.bounds = bounds;
        this.clock = clock;
    }

    /** Whether the customer has spent its budget. A blocked customer has none. */
    boolean isSpent(FailureStatus failure, DeadLetterReason reason) {
        Optional<Duration> budget =
                switch (reason) {
                    case NO_FUNDS -> bounds.unfundedBudget();
                    case CUSTOMER_UNKNOWN -> Optional.of(bounds.unknownBudget());
                    default -> Optional.of(bounds.failingBudget());
                };
        return budget.filter(time -> failure.blocked() || failure.failingFor().compareTo(time) >= 0)
                .isPresent();
    }

    /**
     * Makes dead letters of the rest of the batch and of the events that wait behind it. The customer's next event is a
     * probe.
     *
     * @param answer the answer that decided it
     */
    void giveUp(Customer customer, Batch batch, DeadLetterReason reason, Answer answer) {
        List<PendingEvent> first = batch.bisector().remaining();
        int granted = allowed(customer, reason, first.size());
        if (granted == 0) {
            return;
        }
        // From the front, so that order holds if the guard allows only some.
        List<PendingEvent> leaving = first.subList(0, granted);
        Set<PendingEvent> gone = Set.copyOf(leaving);
        batch.bisector().retain(event -> !gone.contains(event));
        leaving.forEach(event -> event.failed(clock.now()));
        die(leaving, new DeadLetterCause(reason, detail(customer, reason), answer.response()));
        destination.customers().block(customer);
        if (granted == first.size()) {
            giveUpWaiting(customer, reason);
        }
    }

    /** Returns how many of the customer's events may become dead letters now. */
    int allowed(Customer customer, DeadLetterReason reason, int events) {
        int granted = destination.surge().take(customer, events);
        if (granted < events) {
            LOG.warn(
                    "event=surge customer={} reason={} waiting={} why=\"more events would become dead letters than"
                            + " delivery.surge.max.dead.letters allows\"",
                    VisibleText.logged(customer.value()),
                    reason,
                    events - granted);
        }
        return granted;
    }

    /** Gives up the events behind a failed probe: they would only wait for the next one. */
    private void giveUpWaiting(Customer customer, DeadLetterReason reason) {
        List<PendingEvent> waiting = queues.takeOldest(customer, Integer.MAX_VALUE);
        int granted = allowed(customer, reason, waiting.size());
        die(
                waiting.subList(0, granted),
                new DeadLetterCause(
                        reason, detail(customer, reason) + " This event itself was not sent.", Optional.empty()));
        waiting.subList(granted, waiting.size()).forEach(queues::add);
    }

    private String detail(Customer customer, DeadLetterReason reason) {
        Optional<FailingCustomer> seen = destination.customers().find(customer, clock.nanos());
        String since = reason == DeadLetterReason.NO_FUNDS ? " Without funds for " : " Failing for ";
        String remedy = reason == DeadLetterReason.NO_FUNDS ? "Top up its wallet" : "Fix the customer";
        return reason.meaning()
                + seen.map(failing -> since + failing.failingFor().toSeconds() + " s, most recently with "
                                + failing.cause() + ".")
                        .orElse("")
                + " Customer " + customer.value() + ". " + remedy + ", then replay its events.";
    }

    /**
     * Unblocks a partition that can hold no more receipts behind its oldest event. If that event's customer alone
     * fails, its events become dead letters before its budget is spent, so that they do not hold up all others.
     */
    public void unblock(AssignedPartition partition) {
        OptionalLong oldest = partition.ledger().oldestOutstanding();
        if (!destination.isHealthy() || oldest.isEmpty()) {
            return;
        }
        Optional<Customer> oldestOf = queues.customerOf(partition, oldest.getAsLong());
        oldestOf.filter(destination.customers()::lacksFunds)
                .ifPresent(customer -> giveUpUnfunded(customer, partition, "too many receipts wait behind its events"));
        oldestOf.filter(customer -> !destination.customers().lacksFunds(customer))
                .filter(this::failsAlone)
                .ifPresent(customer -> {
                    LOG.warn(
                            "event=customer_holds_up partition={} customer={} why=\"too many receipts wait behind its"
                                    + " events\"",
                            partition,
                            VisibleText.logged(customer.value()));
                    destination.customers().block(customer);
                    giveUpWaiting(customer, DeadLetterReason.CUSTOMER_BLOCKED);
                });
    }

    /**
     * Makes room in a partition that is not read because its events fill the memory. If most of them wait for customers
     * that lack funds, those of the customer with most of them become dead letters.
     */
    public void makeRoom(AssignedPartition partition) {
        if (!destination.isHealthy()) {
            return;
        }
        Map<Customer, Integer> waiting = new HashMap<>();
        destination
                .customers()
                .unfunded(clock.nanos())
                .forEach(each -> waiting.put(each.customer(), queues.waiting(each.customer(), partition)));
        int all = waiting.values().stream().mapToInt(Integer::intValue).sum();
        if (all * 2L >= partition.ledger().outstanding()) {
            waiting.entrySet().stream()
                    .filter(entry -> entry.getValue() > 0)
                    .max(Map.Entry.comparingByValue())
                    .ifPresent(most -> giveUpUnfunded(most.getKey(), partition, "its events fill the memory"));
        }
    }

    /** Not while everybody is refused, which is no customer's fault, or while the surge guard holds. */
    private void giveUpUnfunded(Customer customer, AssignedPartition partition, String why) {
        boolean alone =
                destination.customers().unfundedSinceNanos(customer).stream().anyMatch(destination::acceptedSince);
        int events = queues.waiting(customer);
        if (!alone || destination.refusesAllFunds() || destination.surge().holding() || events == 0) {
            return;
        }
        int granted = allowed(customer, DeadLetterReason.NO_FUNDS, events);
        LOG.warn(
                "event=unfunded_customer_leaves partition={} customer={} events={} why={}",
                partition,
                VisibleText.logged(customer.value()),
                granted,
                VisibleText.logged(why));
        die(
                queues.takeOldest(customer, granted),
                new DeadLetterCause(
                        DeadLetterReason.NO_FUNDS,
                        detail(customer, DeadLetterReason.NO_FUNDS) + " Delivery could not hold it any longer: " + why
                                + ".",
                        Optional.empty()));
        if (!queues.serves(customer)) {
            destination.customers().idle(customer, clock.nanos());
        }
    }

    private boolean failsAlone(Customer customer) {
        return destination
                .customers()
                .lastFailureNanos(customer)
                .filter(destination::healthySince)
                .isPresent();
    }

    /**
     * In an outage, gives up events that waited beyond the deadline; not while the key or address is refused, which is
     * our fault, and not before a request has failed since they came: Credyt may be back.
     */
    public void giveUpOverdue() {
        if (bounds.outageDeadline().isEmpty()
                || destination
                        .circuit()
                        .cause()
                        .filter(OutageCause.UNAVAILABLE::equals)
                        .isEmpty()) {
            return;
        }
        Duration deadline = bounds.outageDeadline().get();
        long sinceFailureMillis = TimeUnit.NANOSECONDS.toMillis(
                clock.nanos() - destination.circuit().failedNanos());
        long latest = clock.now().toEpochMilli() - Math.max(deadline.toMillis(), sinceFailureMillis);
        List<PendingEvent> late = queues.take(event -> event.admittedAtMillis() < latest);
        String detail = DeadLetterReason.CREDYT_UNAVAILABLE.meaning() + " Last failure: "
                + destination.circuit().detail() + ". Replay it when Credyt is available.";
        die(late, new DeadLetterCause(DeadLetterReason.CREDYT_UNAVAILABLE, detail, Optional.empty()));
    }

    /** Forgets blocked customers without events for a long time. */
    public void forgetIdle() {
        destination.customers().forgetIdle(clock.nanos());
    }

    private void die(List<PendingEvent> events, DeadLetterCause cause) {
        Instant now = clock.now();
        events.forEach(event -> die(event, cause, now));
    }

    /** Makes the event a dead letter, unless it has an outcome or its assignment has ended. */
    void die(PendingEvent event, DeadLetterCause cause, Instant now) {
        if (event.isOpen()) {
            SettledRecord deadLetter = records.dead(event, cause, now);
            event.settle(deadLetter);
            meters.settled(deadLetter.result());
        }
    }
}
