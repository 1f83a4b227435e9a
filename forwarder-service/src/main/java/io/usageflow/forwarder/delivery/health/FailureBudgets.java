package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.delivery.queue.Customer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Since when a customer's deliveries fail although the destination is well. Pure; one thread; times in nanoseconds of a
 * monotonic clock.
 *
 * <p>The budget is time, not attempts: how often something was tried depends on load, rebalances and restarts. Time in
 * which the destination itself was away is not the customer's and is taken out ({@link #suspend}, {@link #outageOf}).
 *
 * <p>What has lasted long enough to be worth it survives restarts: {@link #takeChanges} says what is to be written to the
 * partitions the customer has events in, and {@link #restore} takes what was found there. So the next owner of the partition
 * continues the same budget.
 */
public final class FailureBudgets {
    /** Changes in one transaction at most; the others follow in the next ones. */
    private static final int CHANGES_MAX = 1_000;
    /** Blocked customers of whom nothing waits are forgotten after this; the next event begins a new budget. */
    private static final Duration IDLE_MAX = Duration.ofDays(1);
    /** The most customers that are remembered: beyond it, the longest idle are forgotten. */
    private static final int IDLE_CUSTOMERS_MAX = 100_000;

    private final long worthWritingNanos;
    private final Map<Customer, Failing> failing = new HashMap<>();
    /** Of customers whose record is behind: the partitions to write it to. */
    private final Map<Customer, Set<TopicPartition>> behind = new LinkedHashMap<>();

    /** Blocked customers of whom nothing waits, and since when; the longest idle first. */
    private final Map<Customer, Long> idle = new LinkedHashMap<>();

    private String lastCause = "";
    private OptionalLong suspendedNanos = OptionalLong.empty();
    private int blocked;

    private static final class Failing {
        final Set<TopicPartition> partitions = new HashSet<>();
        long sinceNanos;
        /** Null where only an earlier process has seen it fail. */
        @Nullable
        Long lastNanos;

        int inARow;
        boolean blocked;
        boolean written;
        String cause = "";

        Failing(long sinceNanos) {
            this.sinceNanos = sinceNanos;
        }
    }

    /**
     * What is known of a customer after a failure.
     *
     * @param sinceNanos when it began, outages taken out
     * @param failingFor since the first failure, outages taken out
     * @param previousNanos the failure before this one; empty at the first in this process
     * @param inARow failures of whole batches in this process without a success, at least 1
     * @param blocked whether events of it became dead letters and none has succeeded since
     */
    public record FailureStatus(
            long sinceNanos, Duration failingFor, Optional<Long> previousNanos, int inARow, boolean blocked) {}

    /**
     * A customer's record in a partition, as it should be now.
     *
     * @param remembered empty where it is well
     */
    public record BudgetChange(Customer customer, TopicPartition partition, Optional<StoredBudget> remembered) {}

    /**
     * What outlives a process; times count back from now.
     *
     * @param failingSince earlier outages taken out
     * @param suspendedSince how long the destination itself has been away, where it is
     */
    public record StoredBudget(
            Duration failingSince, Optional<Duration> suspendedSince, boolean blocked, String cause) {}

    /** A failing customer, for people. */
    public record FailingCustomer(Duration failingFor, String cause) {}

    /** @param worthWriting a failure that lasts shorter than that is not worth a record: a crash may forget it */
    FailureBudgets(Duration worthWriting) {
        this.worthWritingNanos = worthWriting.toNanos();
    }

    /**
     * @param partitions of the events that failed
     * @param cause for people
     * @param whole whether the request was a whole batch. A part that is tried in search of a culprit does not prolong the
     *     customer's waits
     */
    public FailureStatus failed(
            Customer customer, Collection<TopicPartition> partitions, String cause, boolean whole, long nowNanos) {
        Failing entry = failing.computeIfAbsent(customer, absent -> new Failing(nowNanos));
        idle.remove(customer);
        Optional<Long> previous = Optional.ofNullable(entry.lastNanos);
        entry.lastNanos = nowNanos;
        entry.inARow += whole || entry.inARow == 0 ? 1 : 0;
        entry.cause = cause;
        lastCause = cause;
        boolean wider = entry.partitions.addAll(partitions);
        if (entry.written ? wider : failingNanos(entry, nowNanos) >= worthWritingNanos) {
            write(customer, entry);
        }
        return new FailureStatus(
                entry.sinceNanos,
                Duration.ofNanos(failingNanos(entry, nowNanos)),
                previous,
                entry.inARow,
                entry.blocked);
    }

    /** Events of it became dead letters: until one succeeds, others follow without a budget of their own. */
    public void block(Customer customer) {
        Failing entry = failing.get(customer);
        if (entry != null && !entry.blocked) {
            entry.blocked = true;
            blocked++;
            write(customer, entry);
        }
    }

    /** Well again: the next failure begins a new budget. */
    public void succeeded(Customer customer) {
        if (!failing.isEmpty()) {
            forget(customer);
        }
    }

    /** Nothing of the customer is left to be tried. Where it is blocked it stays so until something succeeds, or for a day. */
    public void idle(Customer customer, long nowNanos) {
        Failing entry = failing.get(customer);
        if (entry == null) {
            return;
        }
        if (entry.blocked) {
            idle.putIfAbsent(customer, nowNanos);
        } else {
            forget(customer);
        }
    }

    /** Forgets blocked customers that do not come back. */
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
        Failing entry = failing.remove(customer);
        if (entry == null) {
            return;
        }
        blocked -= entry.blocked ? 1 : 0;
        if (entry.written) {
            behind.put(customer, Set.copyOf(entry.partitions));
        } else {
            behind.remove(customer);
        }
    }

    /** How the customer stands, where it fails. */
    public Optional<FailingCustomer> find(Customer customer, long nowNanos) {
        return Optional.ofNullable(failing.get(customer))
                .map(entry -> new FailingCustomer(Duration.ofNanos(failingNanos(entry, nowNanos)), entry.cause));
    }

    /** When it last failed in this process. */
    public Optional<Long> lastFailureNanos(Customer customer) {
        return Optional.ofNullable(failing.get(customer)).map(entry -> entry.lastNanos);
    }

    /** The destination itself is away from now on. */
    void suspend(long nowNanos) {
        suspendedNanos = OptionalLong.of(nowNanos);
        writeAllWritten();
    }

    /** The destination was away for this long and is back. */
    void outageOf(Duration away, long nowNanos) {
        suspendedNanos = OptionalLong.empty();
        // Not beyond now: a customer that began to fail during the outage has used nothing.
        failing.values().forEach(entry -> entry.sinceNanos += Math.min(away.toNanos(), nowNanos - entry.sinceNanos));
        writeAllWritten();
    }

    /** What an earlier owner of the partition wrote there. */
    public void restore(TopicPartition partition, Customer customer, StoredBudget was, long nowNanos) {
        long failingFor = was.failingSince().toNanos()
                - was.suspendedSince().map(Duration::toNanos).orElse(0L);
        long since = nowNanos - Math.max(0, failingFor);
        Failing entry = failing.computeIfAbsent(customer, absent -> new Failing(since));
        entry.sinceNanos = Math.min(entry.sinceNanos, since);
        entry.cause = entry.cause.isEmpty() ? was.cause() : entry.cause;
        if (was.blocked() && !entry.blocked) {
            entry.blocked = true;
            blocked++;
            idle.putIfAbsent(customer, nowNanos); // until something of it fails here
        }
        boolean elsewhere = !entry.partitions.isEmpty();
        entry.partitions.add(partition);
        entry.written = true;
        if (elsewhere || was.suspendedSince().isPresent()) {
            write(customer, entry);
        }
    }

    /** Others have these partitions now, and what is written there. */
    public void revoked(Collection<TopicPartition> partitions) {
        failing.values().removeIf(entry -> {
            entry.partitions.removeAll(partitions);
            boolean gone = entry.partitions.isEmpty();
            blocked -= gone && entry.blocked ? 1 : 0;
            return gone;
        });
        idle.keySet().retainAll(failing.keySet());
        behind.replaceAll((customer, where) -> {
            Set<TopicPartition> kept = new HashSet<>(where);
            kept.removeAll(partitions);
            return kept;
        });
        behind.values().removeIf(Set::isEmpty);
    }

    public boolean hasChanges() {
        return !behind.isEmpty();
    }

    /** The next that is to be written, about {@value #CHANGES_MAX} at most; {@link #notWritten} gives back what could not be. */
    public List<BudgetChange> takeChanges(long nowNanos) {
        List<BudgetChange> changes = new ArrayList<>();
        var left = behind.entrySet().iterator();
        while (left.hasNext() && changes.size() < CHANGES_MAX) {
            Map.Entry<Customer, Set<TopicPartition>> next = left.next();
            Optional<StoredBudget> remembered =
                    Optional.ofNullable(failing.get(next.getKey())).map(entry -> remembered(entry, nowNanos));
            next.getValue().forEach(partition -> changes.add(new BudgetChange(next.getKey(), partition, remembered)));
            left.remove();
        }
        return changes;
    }

    public void notWritten(List<BudgetChange> changes) {
        changes.forEach(change -> {
            Set<TopicPartition> partitions = new HashSet<>(behind.getOrDefault(change.customer(), Set.of()));
            partitions.add(change.partition());
            behind.put(change.customer(), partitions);
        });
    }

    /** What the last failure of any customer said; for people. */
    public String lastCause() {
        return lastCause;
    }

    int customers() {
        return failing.size();
    }

    int blockedCustomers() {
        return blocked;
    }

    private StoredBudget remembered(Failing entry, long nowNanos) {
        Optional<Duration> suspended = suspendedNanos.isPresent()
                ? Optional.of(Duration.ofNanos(nowNanos - Math.max(suspendedNanos.getAsLong(), entry.sinceNanos)))
                : Optional.empty();
        return new StoredBudget(Duration.ofNanos(nowNanos - entry.sinceNanos), suspended, entry.blocked, entry.cause);
    }

    private long failingNanos(Failing entry, long nowNanos) {
        return Math.max(0, Math.min(nowNanos, suspendedNanos.orElse(nowNanos)) - entry.sinceNanos);
    }

    private void writeAllWritten() {
        failing.forEach((customer, entry) -> {
            if (entry.written) {
                write(customer, entry);
            }
        });
    }

    private void write(Customer customer, Failing entry) {
        entry.written = true;
        behind.put(customer, Set.copyOf(entry.partitions));
    }
}
