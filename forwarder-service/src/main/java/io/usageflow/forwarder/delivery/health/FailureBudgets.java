package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.delivery.queue.Customer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * Tracks since when a customer's deliveries fail although the destination is healthy. Pure; one thread; times in
 * nanoseconds of a monotonic clock.
 *
 * <p>The budget is time, not attempts, because the number of attempts depends on load, rebalances and restarts. Outages
 * of the destination do not count ({@link #suspend}, {@link #outageOf}).
 *
 * <p>A customer that lacks funds has a budget of its own, from the first refusal for this reason to the next success.
 * The two do not mix: a single failure of another kind does not end a hold of days, and does not inherit its time.
 *
 * <p>A failure that lasts long enough survives restarts: {@link #takeChanges} returns the records for the customer's
 * partitions, and {@link #restore} takes the stored ones, so the next owner of a partition continues the budget.
 */
public final class FailureBudgets {
    /** Blocked customers without waiting events are forgotten after this time; the next event begins a new budget. */
    private static final Duration IDLE_MAX = Duration.ofDays(1);
    /** Maximum of idle customers; the longest idle are forgotten first. */
    private static final int IDLE_CUSTOMERS_MAX = 100_000;

    private final long worthWritingNanos;
    private final Map<Customer, CustomerFailure> failing = new HashMap<>();
    private final BudgetChanges changes = new BudgetChanges();
    /** Blocked customers without waiting events, and since when; the longest idle first. */
    private final Map<Customer, Long> idle = new LinkedHashMap<>();

    private String lastCause = "";
    private OptionalLong suspendedNanos = OptionalLong.empty();
    private int blocked;
    private int withoutFunds;

    /**
     * A customer's status after a failure.
     *
     * @param sinceNanos when it began to fail, without outages
     * @param failingFor time since the first failure, without outages
     * @param previousNanos the previous failure; empty for the first in this process
     * @param inARow failures of whole batches in this process without a success, at least 1
     * @param blocked whether its events became dead letters and none has succeeded since
     */
    public record FailureStatus(
            long sinceNanos, Duration failingFor, Optional<Long> previousNanos, int inARow, boolean blocked) {}

    /**
     * The current content of a customer's record in a partition.
     *
     * @param remembered empty if the customer is healthy
     */
    public record BudgetChange(Customer customer, TopicPartition partition, Optional<StoredBudget> remembered) {}

    /**
     * The stored part of a budget; durations until now.
     *
     * @param failingSince without earlier outages
     * @param suspendedSince duration of the current outage, if any
     * @param lacksFunds whether it fails because it lacks funds
     */
    public record StoredBudget(
            Duration failingSince,
            Optional<Duration> suspendedSince,
            boolean blocked,
            String cause,
            boolean lacksFunds) {}

    /** A failing customer, for messages. */
    public record FailingCustomer(Duration failingFor, String cause) {}

    /** A customer that lacks funds. */
    public record UnfundedCustomer(Customer customer, Duration since, String cause) {}

    /** Does not store failures shorter than {@code worthWriting}: a crash may forget them. */
    FailureBudgets(Duration worthWriting) {
        this.worthWritingNanos = worthWriting.toNanos();
    }

    /**
     * Notes a failure of a customer.
     *
     * @param partitions of the failed events
     * @param cause for messages
     * @param whole whether the request was a whole batch; a part that is sent to find a culprit does not prolong the
     *     waits
     */
    public FailureStatus failed(
            Customer customer, Collection<TopicPartition> partitions, String cause, boolean whole, long nowNanos) {
        CustomerFailure entry = failing.computeIfAbsent(customer, absent -> new CustomerFailure(nowNanos));
        boolean turned = entry.lacksFunds;
        if (turned) {
            entry.turn(false, nowNanos);
            withoutFunds--;
        }
        return failed(customer, entry, partitions, cause, whole || entry.inARow == 0, turned, nowNanos);
    }

    /**
     * Notes that a customer was refused for lack of funds.
     *
     * @param partitions of the refused events
     * @param cause for messages
     * @param sentNanos when the request was sent: several that are in flight together count as one
     */
    public FailureStatus noFunds(
            Customer customer, Collection<TopicPartition> partitions, String cause, long sentNanos, long nowNanos) {
        CustomerFailure entry = failing.computeIfAbsent(customer, absent -> new CustomerFailure(nowNanos));
        boolean turned = !entry.lacksFunds;
        if (turned) {
            entry.turn(true, nowNanos);
            withoutFunds++;
        }
        boolean another = entry.lastNanos == null || sentNanos - entry.lastNanos >= 0;
        return failed(customer, entry, partitions, cause, another, turned, nowNanos);
    }

    private FailureStatus failed(
            Customer customer,
            CustomerFailure entry,
            Collection<TopicPartition> partitions,
            String cause,
            boolean another,
            boolean turned,
            long nowNanos) {
        idle.remove(customer);
        Optional<Long> previous = Optional.ofNullable(entry.lastNanos);
        entry.lastNanos = nowNanos;
        entry.inARow += another ? 1 : 0;
        entry.cause = cause;
        if (!entry.lacksFunds) {
            lastCause = cause;
        }
        boolean changed = entry.partitions.addAll(partitions) || turned;
        if (entry.written ? changed : failingNanos(entry, nowNanos) >= worthWritingNanos) {
            write(customer, entry);
        }
        return new FailureStatus(
                entry.beganNanos(),
                Duration.ofNanos(failingNanos(entry, nowNanos)),
                previous,
                entry.inARow,
                entry.blocked);
    }

    /** Whether the customer's last failure was a refusal for lack of funds. */
    public boolean lacksFunds(Customer customer) {
        return unfundedSinceNanos(customer).isPresent();
    }

    /** Since when a customer lacks funds; empty if it does not. */
    public OptionalLong unfundedSinceNanos(Customer customer) {
        CustomerFailure entry = failing.get(customer);
        return entry != null && entry.lacksFunds ? OptionalLong.of(entry.beganNanos()) : OptionalLong.empty();
    }

    /** The customers that lack funds, in no order. */
    public List<UnfundedCustomer> unfunded(long nowNanos) {
        if (withoutFunds == 0) {
            return List.of();
        }
        List<UnfundedCustomer> found = new ArrayList<>();
        failing.forEach((customer, entry) -> {
            if (entry.lacksFunds) {
                found.add(new UnfundedCustomer(customer, Duration.ofNanos(failingNanos(entry, nowNanos)), entry.cause));
            }
        });
        return found;
    }

    /** Every customer was refused for lack of funds for so long, which is not the time of any of them. */
    void excludeFromFunds(Duration time, long nowNanos) {
        failing.values().forEach(entry -> entry.excludeFromFunds(time, nowNanos));
        writeAllWritten();
    }

    /** Blocks a customer whose events became dead letters: until one succeeds, others follow without a budget. */
    public void block(Customer customer) {
        CustomerFailure entry = failing.get(customer);
        if (entry != null && !entry.blocked) {
            entry.blocked = true;
            blocked++;
            write(customer, entry);
        }
    }

    /** Notes a success: the next failure begins a new budget. */
    public void succeeded(Customer customer) {
        if (!failing.isEmpty()) {
            forget(customer);
        }
    }

    /** Notes that the customer has no more events. A blocked customer stays blocked until a success, or for a day. */
    public void idle(Customer customer, long nowNanos) {
        CustomerFailure entry = failing.get(customer);
        if (entry == null) {
            return;
        }
        if (entry.blocked) {
            idle.putIfAbsent(customer, nowNanos);
        } else {
            forget(customer);
        }
    }

    /** Forgets blocked customers that stay idle. */
    public void forgetIdle(long nowNanos) {
        while (!idle.isEmpty()) {
            Map.Entry<Customer, Long> longest = idle.entrySet().iterator().next();
            if (idle.size() <= IDLE_CUSTOMERS_MAX && nowNanos - longest.getValue() < IDLE_MAX.toNanos()) {
                return;
            }
            forget(longest.getKey());
        }
    }

    private void forget(Customer customer) {
        idle.remove(customer);
        CustomerFailure entry = failing.remove(customer);
        if (entry == null) {
            return;
        }
        uncount(entry);
        if (entry.written) {
            changes.add(customer, entry.partitions);
        } else {
            changes.remove(customer);
        }
    }

    private void uncount(CustomerFailure entry) {
        blocked -= entry.blocked ? 1 : 0;
        withoutFunds -= entry.lacksFunds ? 1 : 0;
    }

    /** The status of a failing customer. */
    public Optional<FailingCustomer> find(Customer customer, long nowNanos) {
        return Optional.ofNullable(failing.get(customer))
                .map(entry -> new FailingCustomer(Duration.ofNanos(failingNanos(entry, nowNanos)), entry.cause));
    }

    /** The last failure in this process. */
    public Optional<Long> lastFailureNanos(Customer customer) {
        return Optional.ofNullable(failing.get(customer)).map(entry -> entry.lastNanos);
    }

    /** Begins an outage of the destination. */
    void suspend(long nowNanos) {
        suspendedNanos = OptionalLong.of(nowNanos);
        writeAllWritten();
    }

    /** Ends an outage of the destination. */
    void outageOf(Duration away, long nowNanos) {
        suspendedNanos = OptionalLong.empty();
        // Not beyond now: a customer that began to fail during the outage has used no budget.
        failing.values().forEach(entry -> entry.exclude(away, nowNanos));
        writeAllWritten();
    }

    /** Restores a record of the partition's previous owner. */
    public void restore(TopicPartition partition, Customer customer, StoredBudget was, long nowNanos) {
        long failingFor = was.failingSince().toNanos()
                - was.suspendedSince().map(Duration::toNanos).orElse(0L);
        long since = nowNanos - Math.max(0, failingFor);
        CustomerFailure entry = failing.computeIfAbsent(customer, absent -> new CustomerFailure(since));
        boolean elsewhere = !entry.partitions.isEmpty();
        if (was.lacksFunds() && !elsewhere) {
            entry.turn(true, since);
            withoutFunds++;
        } else if (was.lacksFunds() == entry.lacksFunds) {
            entry.began(Math.min(entry.beganNanos(), since));
        }
        entry.cause = entry.cause.isEmpty() ? was.cause() : entry.cause;
        if (was.blocked() && !entry.blocked) {
            entry.blocked = true;
            blocked++;
            idle.putIfAbsent(customer, nowNanos); // until one of its events fails here
        }
        entry.partitions.add(partition);
        entry.written = true;
        if (elsewhere || was.suspendedSince().isPresent()) {
            write(customer, entry);
        }
    }

    /** Forgets partitions that were revoked. */
    public void revoked(Collection<TopicPartition> partitions) {
        failing.values().removeIf(entry -> {
            entry.partitions.removeAll(partitions);
            boolean gone = entry.partitions.isEmpty();
            if (gone) {
                uncount(entry);
            }
            return gone;
        });
        idle.keySet().retainAll(failing.keySet());
        changes.revoked(partitions);
    }

    public boolean hasChanges() {
        return !changes.isEmpty();
    }

    /** Takes the next changes to write, within a bound; {@link #notWritten} returns them after a failure. */
    public List<BudgetChange> takeChanges(long nowNanos) {
        return changes.take(
                customer -> Optional.ofNullable(failing.get(customer)).map(entry -> remembered(entry, nowNanos)));
    }

    public void notWritten(List<BudgetChange> failed) {
        changes.putBack(failed);
    }

    /** The cause of the last failure of any customer. */
    public String lastCause() {
        return lastCause;
    }

    /** Failing customers other than those that lack funds. */
    int customers() {
        return failing.size() - withoutFunds;
    }

    int unfundedCustomers() {
        return withoutFunds;
    }

    int blockedCustomers() {
        return blocked;
    }

    private StoredBudget remembered(CustomerFailure entry, long nowNanos) {
        Optional<Duration> suspended = suspendedNanos.isPresent()
                ? Optional.of(Duration.ofNanos(nowNanos - Math.max(suspendedNanos.getAsLong(), entry.beganNanos())))
                : Optional.empty();
        return new StoredBudget(
                Duration.ofNanos(nowNanos - entry.beganNanos()),
                suspended,
                entry.blocked,
                entry.cause,
                entry.lacksFunds);
    }

    private long failingNanos(CustomerFailure entry, long nowNanos) {
        return Math.max(0, Math.min(nowNanos, suspendedNanos.orElse(nowNanos)) - entry.beganNanos());
    }

    private void writeAllWritten() {
        failing.forEach((customer, entry) -> {
            if (entry.written) {
                write(customer, entry);
            }
        });
    }

    private void write(Customer customer, CustomerFailure entry) {
        entry.written = true;
        changes.add(customer, entry.partitions);
    }
}
