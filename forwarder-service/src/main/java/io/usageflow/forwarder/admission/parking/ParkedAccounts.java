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
 * Who waits for a link, and for how long, as one instance can say it: of the partitions it has.
 *
 * @param partitions those it has and could read
 * @param unreadable those it has and could not read, with the reason: their state is being restored, or they are leaving
 * @param events that wait, of all accounts
 * @param accounts how many accounts have events that wait
 * @param oldestSince since when the oldest of all waits
 * @param shown the accounts that were asked for, the longest waiting first
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

    /** Adds up queues, and keeps no more of them than are to be shown. Not thread-safe. */
    static final class Count {
        private final Optional<String> wanted;
        private final int limit;
        /** The last to be shown is its head, so that it is the one that makes room. */
        private final PriorityQueue<Account> shown = new PriorityQueue<>(Account.LONGEST_WAITING_FIRST.reversed());

        private long events;
        private long accounts;
        private Optional<Instant> oldestSince = Optional.empty();

        /** @param wanted the only account to show; empty shows any */
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
