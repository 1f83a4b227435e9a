package io.usageflow.forwarder.balance;

import io.usageflow.forwarder.config.BalanceSettings.Timing;
import io.usageflow.forwarder.links.Link.Reference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which accounts' wallets are read, and when each is due. After a delivery a wallet is due within {@code delay};
 * without one after a quarter of the account's idle time, within {@code refreshMin} and {@code refreshMax}. Holds at
 * most {@code accountsMax} accounts and forgets the one that was idle longest. Thread-safe; the caller gives the time.
 */
final class WalletSchedule {
    private static final int IDLE_SHARE = 4;
    private static final int FORGOTTEN_MAX = 10_000;

    private final Timing timing;
    private final int accountsMax;
    /** In the order of their last activity. */
    private final Map<String, Entry> accounts = new LinkedHashMap<>();

    private final TreeSet<Entry> due =
            new TreeSet<>(Comparator.comparing((Entry entry) -> entry.dueAt).thenComparing(entry -> entry.account));
    private final Map<String, Integer> low = new HashMap<>();
    private final List<Forgotten> forgotten = new ArrayList<>();

    WalletSchedule(Timing timing, int accountsMax) {
        this.timing = timing;
        this.accountsMax = accountsMax;
    }

    /** A wallet to read. Immutable. */
    record Due(String account, int partition, Reference customer) {}

    /** An account whose wallet is no longer read, although the topic has its balance. Immutable. */
    record Forgotten(String account, int partition) {}

    private static final class Entry {
        final String account;
        final int partition;
        Reference customer;
        Instant activeAt;
        Instant dueAt;

        @Nullable
        Instant readAt;
        /** Whether its wallet is being read. */
        boolean taken;
        /** When it is due because of what happened while its wallet was being read. */
        @Nullable
        Instant again;

        Set<String> low = Set.of();

        Entry(String account, int partition, Reference customer, Instant activeAt, Instant dueAt) {
            this.account = account;
            this.partition = partition;
            this.customer = customer;
            this.activeAt = activeAt;
            this.dueAt = dueAt;
        }
    }

    /** An event or a link names the account and its customer. A new account, or another customer, is due now. */
    synchronized void seen(String account, int partition, Reference customer, Instant now) {
        Entry entry = accounts.remove(account);
        if (entry == null) {
            add(new Entry(account, partition, customer, now, now));
            return;
        }
        accounts.put(account, entry);
        entry.activeAt = now;
        belongsTo(entry, customer, now);
    }

    /** A link names the account's customer. A new account, or another customer, is due now. */
    synchronized void linked(String account, int partition, Reference customer, Instant linkedAt, Instant now) {
        Entry entry = accounts.get(account);
        if (entry == null) {
            add(new Entry(account, partition, customer, linkedAt.isBefore(now) ? linkedAt : now, now));
        } else {
            belongsTo(entry, customer, now);
        }
    }

    /** Events of the account were delivered. */
    synchronized void delivered(String account, Instant now) {
        Entry entry = accounts.get(account);
        if (entry != null) {
            dueBy(entry, now.plus(timing.delay()));
        }
    }

    /** The topic has a balance of the account, which this process or an earlier one wrote. */
    synchronized void restored(String account, int partition, Reference customer, Instant readAt, Set<String> low) {
        Entry entry = accounts.get(account);
        if (entry == null) {
            entry = new Entry(account, partition, customer, readAt, readAt);
            add(entry);
        }
        @Nullable Instant known = entry.readAt;
        if (known == null || known.isBefore(readAt)) {
            wasRead(entry, readAt, low);
            if (entry.customer.equals(customer)) {
                settle(entry, readAt.plus(pause(entry, readAt)));
            }
        }
    }

    /** At most {@code max} accounts that are due, the longest due first. Without a result they are due again later. */
    synchronized List<Due> take(int max, Instant now) {
        List<Due> taken = new ArrayList<>();
        while (taken.size() < max && !due.isEmpty() && !due.first().dueAt.isAfter(now)) {
            Entry entry = due.first();
            taken.add(new Due(entry.account, entry.partition, entry.customer));
            entry.taken = true;
            entry.again = null;
            move(entry, now.plus(timing.refreshMin()));
        }
        return taken;
    }

    /** The wallet was read and written. A delivery since it was taken keeps it due. */
    synchronized void read(String account, Instant readAt, Set<String> low) {
        Entry entry = accounts.get(account);
        if (entry != null) {
            wasRead(entry, readAt, low);
            settle(entry, readAt.plus(pause(entry, readAt)));
        }
    }

    /** The wallet could not be read or written. */
    synchronized void failed(String account, Instant now) {
        Entry entry = accounts.get(account);
        if (entry != null) {
            settle(entry, now.plus(timing.refreshMin()));
        }
    }

    /** Credyt has no such customer. Returns whether the topic has a balance of the account that no longer holds. */
    synchronized boolean isWithoutCustomer(String account, Instant now) {
        Entry entry = accounts.get(account);
        if (entry == null) {
            return false;
        }
        boolean written = entry.readAt != null;
        setLow(entry, Set.of());
        entry.readAt = null;
        settle(entry, now.plus(timing.refreshMin()));
        return written;
    }

    /** The account has no customer any more. */
    synchronized void unlinked(String account) {
        Entry entry = accounts.get(account);
        if (entry != null) {
            forget(entry);
        }
    }

    /** Another process reads the wallets of this partition now. */
    synchronized void revoked(Collection<Integer> partitions) {
        List<Entry> gone = accounts.values().stream()
                .filter(entry -> partitions.contains(entry.partition))
                .toList();
        gone.forEach(this::remove);
        forgotten.removeIf(account -> partitions.contains(account.partition()));
    }

    /** Accounts that were forgotten since the last call, whose balances in the topic have to go. */
    synchronized List<Forgotten> takeForgotten() {
        List<Forgotten> taken = List.copyOf(forgotten);
        forgotten.clear();
        return taken;
    }

    synchronized int accounts() {
        return accounts.size();
    }

    /** Accounts whose balance of the asset was low at the last reading. */
    synchronized int low(String asset) {
        return low.getOrDefault(asset, 0);
    }

    /** How long the account that waits longest has been due; zero if none is. */
    synchronized Duration overdue(Instant now) {
        return due.isEmpty() || due.first().dueAt.isAfter(now)
                ? Duration.ZERO
                : Duration.between(due.first().dueAt, now);
    }

    private void add(Entry entry) {
        if (accounts.size() >= accountsMax) {
            forget(accounts.values().iterator().next());
        }
        accounts.put(entry.account, entry);
        due.add(entry);
    }

    private void forget(Entry entry) {
        remove(entry);
        // Above the bound the balance stays in the topic, and becomes too old for its readers.
        if (entry.readAt != null && forgotten.size() < FORGOTTEN_MAX) {
            forgotten.add(new Forgotten(entry.account, entry.partition));
        }
    }

    private void remove(Entry entry) {
        accounts.remove(entry.account);
        due.remove(entry);
        setLow(entry, Set.of());
    }

    private void wasRead(Entry entry, Instant readAt, Set<String> nowLow) {
        entry.readAt = readAt;
        setLow(entry, nowLow);
    }

    private void setLow(Entry entry, Set<String> nowLow) {
        entry.low.forEach(asset -> low.computeIfPresent(asset, (key, count) -> count == 1 ? null : count - 1));
        entry.low = Set.copyOf(nowLow);
        entry.low.forEach(asset -> low.merge(asset, 1, Integer::sum));
    }

    private Duration pause(Entry entry, Instant readAt) {
        Duration share = Duration.between(entry.activeAt, readAt).dividedBy(IDLE_SHARE);
        Duration atLeast = share.compareTo(timing.refreshMin()) > 0 ? share : timing.refreshMin();
        return atLeast.compareTo(timing.refreshMax()) < 0 ? atLeast : timing.refreshMax();
    }

    private void belongsTo(Entry entry, Reference customer, Instant now) {
        if (!entry.customer.equals(customer)) {
            entry.customer = customer;
            dueBy(entry, now);
        }
    }

    private void dueBy(Entry entry, Instant time) {
        @Nullable Instant again = entry.again;
        if (!entry.taken) {
            move(entry, earlier(entry.dueAt, time));
        } else {
            entry.again = again == null ? time : earlier(again, time);
        }
    }

    private void settle(Entry entry, Instant time) {
        @Nullable Instant again = entry.again;
        entry.taken = false;
        entry.again = null;
        move(entry, again == null ? time : earlier(again, time));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private void move(Entry entry, Instant dueAt) {
        due.remove(entry);
        entry.dueAt = dueAt;
        due.add(entry);
    }
}
