package io.usageflow.forwarder.balance;

import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Admitted events whose delivery is not committed, with their expected fees: by partition in the order of {@code
 * usage.deliverable}, and summed up by account. An event counts until delivery commits its offset, so at most too long:
 * an event that Credyt already has counts as on its way for as long as an older one of its partition holds the commit
 * back. Thread-safe.
 */
final class UndeliveredEvents {
    private final int eventsMax;
    private final Map<Integer, Deque<Event>> byPartition = new HashMap<>();
    private final Map<String, Sum> byAccount = new HashMap<>();
    private int size;

    UndeliveredEvents(int eventsMax) {
        this.eventsMax = eventsMax;
    }

    /** @param fees by asset; empty if they are not known */
    private record Event(long offset, String account, Optional<Map<String, BigDecimal>> fees) {}

    private static final class Sum {
        long events;
        long unknown;
        final Map<String, BigDecimal> fees = new HashMap<>();
    }

    /**
     * What of an account is on its way. Immutable.
     *
     * @param fees expected, by asset
     * @param complete whether the fees of all events are known
     */
    record OnItsWay(long events, Map<String, BigDecimal> fees, boolean complete) {
        OnItsWay {
            fees = Map.copyOf(fees);
        }
    }

    /** Adds the next event of the partition. */
    synchronized void add(int partition, long offset, String account, Optional<Map<String, BigDecimal>> fees) {
        byPartition.computeIfAbsent(partition, key -> new ArrayDeque<>()).add(new Event(offset, account, fees));
        size++;
        Sum sum = byAccount.computeIfAbsent(account, key -> new Sum());
        sum.events++;
        fees.ifPresentOrElse(
                known -> known.forEach((asset, fee) -> sum.fees.merge(asset, fee, BigDecimal::add)),
                () -> sum.unknown++);
    }

    /** Delivery has committed this offset: what is before it is delivered. Returns the accounts of these events. */
    synchronized Set<String> deliveredUpTo(int partition, long offset) {
        Set<String> accounts = new LinkedHashSet<>();
        Deque<Event> events = byPartition.getOrDefault(partition, new ArrayDeque<>());
        while (!events.isEmpty() && events.getFirst().offset() < offset) {
            Event event = events.removeFirst();
            remove(event);
            accounts.add(event.account());
        }
        return accounts;
    }

    synchronized void revoked(Collection<Integer> partitions) {
        for (int partition : partitions) {
            Deque<Event> events = byPartition.remove(partition);
            if (events != null) {
                events.forEach(this::remove);
            }
        }
    }

    synchronized OnItsWay of(String account) {
        Sum sum = byAccount.get(account);
        return sum == null ? new OnItsWay(0, Map.of(), true) : new OnItsWay(sum.events, sum.fees, sum.unknown == 0);
    }

    synchronized boolean isFull() {
        return size >= eventsMax;
    }

    private void remove(Event event) {
        size--;
        Sum sum = byAccount.get(event.account());
        if (sum == null) {
            throw new IllegalStateException("an event of an account without a sum");
        }
        sum.events--;
        if (sum.events == 0) {
            byAccount.remove(event.account());
            return;
        }
        event.fees()
                .ifPresentOrElse(
                        known -> known.forEach((asset, fee) -> sum.fees.merge(asset, fee, BigDecimal::subtract)),
                        () -> sum.unknown--);
    }
}
