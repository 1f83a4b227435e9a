package io.usageflow.forwarder.admission.parking;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The accounts with parked events, in the partitions of one instance.
 *
 * @param partitions the partitions that could be read
 * @param unreadable the partitions that could not be read, with the reason: they are being restored, or are leaving
 * @param events the number of parked events
 * @param accounts the number of accounts with parked events
 * @param oldestSince when the oldest event was parked
 * @param shown the requested accounts, longest waiting first
 */
public record ParkedAccounts(
        SortedSet<Integer> partitions,
        SortedMap<Integer, String> unreadable,
        long events,
        long accounts,
        Optional<Instant> oldestSince,
        List<Account> shown) {

    /** One account's queue. */
    record Account(String account, int partition, ParkedQueue queue) {
        private static final Comparator<Account> LONGEST_WAITING_FIRST = Comparator.<Account, Instant>comparing(
                        each -> each.queue.headSince())
                .thenComparing(Account::account);
    }

    /** Sums up queues, and keeps only those to show. Not thread-safe. */
    static final class Count {
        private final Optional<String> wanted;
        private final int limit;
        /** Its head is the account to drop when it is full. */
        private final PriorityQueue<Account> shown = new PriorityQueue<>(Account.LONGEST_WAITING_FIRST.reversed());

        private long events;
        private long accounts;
        private Optional<Instant> oldestSince = Optional.empty();

        /** Shows only the account {@code wanted}; empty shows any. */
        Count(Optional<String> wanted, int limit) {
            this.wanted = wanted;
            this.limit = limit;
        }

        void add(String account, int partition, ParkedQueue queue) {
            events += queue.count();
            accounts++;
            Instant since = queue.headSince();
            if (oldestSince.isEmpty() || since.isBefore(oldestSince.get())) {
                oldestSince = Optional.of(since);
            }
            if (wanted.isEmpty() || wanted.get().equals(account)) {
                shown.add(new Account(account, partition, queue));
                if (shown.size() > limit) {
                    shown.remove();
                }
            }
        }

        ParkedAccounts of(SortedSet<Integer> partitions, SortedMap<Integer, String> unreadable) {
            List<Account> sorted =
                    shown.stream().sorted(Account.LONGEST_WAITING_FIRST).toList();
            return new ParkedAccounts(new TreeSet<>(partitions), unreadable, events, accounts, oldestSince, sorted);
        }
    }
}
