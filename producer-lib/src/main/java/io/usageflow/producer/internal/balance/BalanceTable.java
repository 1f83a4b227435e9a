package io.usageflow.producer.internal.balance;

import io.usageflow.producer.SpendCheck;
import io.usageflow.producer.SpendCheck.Decision;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Balances by account, at most {@code accountsMax}, and what this process spent since each was read. Thread-safe. */
final class BalanceTable {
    /** Of one account and asset; with more, the oldest two become one, as late as the later of them. */
    static final int SPENDINGS_MAX = 32;

    private final int accountsMax;
    private final Duration ageMax;
    private final Clock clock;
    private final Map<String, Entry> accounts = new ConcurrentHashMap<>();
    private final AtomicLong ignored = new AtomicLong();

    /**
     * An account's balance. Immutable.
     *
     * @param left by asset, without what this process spent
     * @param spent by asset, oldest first, each later than the reading
     */
    private record Entry(Instant readAt, Map<String, BigDecimal> left, Map<String, List<Spending>> spent) {}

    private record Spending(Instant at, BigDecimal amount) {}

    BalanceTable(int accountsMax, Duration ageMax, Clock clock) {
        this.accountsMax = accountsMax;
        this.ageMax = ageMax;
        this.clock = clock;
    }

    /** Takes a newer reading, which includes what was spent before. */
    void put(String account, Instant readAt, Map<String, BigDecimal> left) {
        Map<String, BigDecimal> copy = Map.copyOf(left);
        accounts.compute(account, (key, before) -> {
            if (before == null) {
                if (accounts.size() >= accountsMax) {
                    ignored.incrementAndGet();
                    return null;
                }
                return new Entry(readAt, copy, Map.of());
            }
            return new Entry(readAt, copy, since(readAt, before.spent()));
        });
    }

    private static Map<String, List<Spending>> since(Instant readAt, Map<String, List<Spending>> spent) {
        Map<String, List<Spending>> later = new HashMap<>();
        spent.forEach((asset, spendings) -> {
            List<Spending> left = spendings.stream()
                    .filter(spending -> spending.at().isAfter(readAt))
                    .toList();
            if (!left.isEmpty()) {
                later.put(asset, left);
            }
        });
        return later;
    }

    void remove(String account) {
        accounts.remove(account);
    }

    int size() {
        return accounts.size();
    }

    int accountsMax() {
        return accountsMax;
    }

    /** Balances for which there was no room. */
    long ignored() {
        return ignored.get();
    }

    /** Notes what this process spent. Of an account without a balance there is nothing to subtract it from. */
    void spent(String account, String asset, BigDecimal amount) {
        requirePositive(amount);
        var now = new Spending(clock.instant(), amount);
        accounts.computeIfPresent(account, (key, before) -> {
            Map<String, List<Spending>> spent = new HashMap<>(before.spent());
            List<Spending> all = new ArrayList<>(spent.getOrDefault(asset, List.of()));
            all.add(now);
            if (all.size() > SPENDINGS_MAX) {
                Spending oldest = all.remove(0);
                Spending next = all.get(0);
                all.set(0, new Spending(next.at(), next.amount().add(oldest.amount())));
            }
            spent.put(asset, List.copyOf(all));
            return new Entry(before.readAt(), before.left(), spent);
        });
    }

    SpendCheck canSpend(String account, String asset, BigDecimal amount) {
        requirePositive(amount);
        @Nullable Entry entry = accounts.get(account);
        if (entry == null) {
            return new SpendCheck(
                    Decision.UNKNOWN, Optional.empty(), Optional.empty(), "no balance of the account has been read");
        }
        Duration since = Duration.between(entry.readAt(), clock.instant());
        // The forwarder's clock may be ahead of this machine's.
        Duration age = since.isNegative() ? Duration.ZERO : since;
        BigDecimal left = entry.left().getOrDefault(asset, BigDecimal.ZERO);
        for (Spending spending : entry.spent().getOrDefault(asset, List.of())) {
            left = left.subtract(spending.amount());
        }
        if (age.compareTo(ageMax) > 0) {
            return new SpendCheck(
                    Decision.UNKNOWN,
                    Optional.of(left),
                    Optional.of(age),
                    "the balance is " + age.toSeconds() + " s old, more than balances.max.age.ms allows");
        }
        boolean suffices = left.compareTo(amount) >= 0;
        return new SpendCheck(
                suffices ? Decision.ALLOWED : Decision.REFUSED,
                Optional.of(left),
                Optional.of(age),
                left.toPlainString() + " " + asset + " are left of " + (suffices ? "at least " : "less than ")
                        + amount.toPlainString());
    }

    private static void requirePositive(BigDecimal amount) {
        if (amount.signum() < 0) {
            throw new IllegalArgumentException("the amount is " + amount.toPlainString() + ": use 0 or more");
        }
    }
}
