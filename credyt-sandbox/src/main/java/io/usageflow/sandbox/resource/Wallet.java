package io.usageflow.sandbox.resource;

import io.usageflow.sandbox.json.Decimals;
import io.usageflow.sandbox.json.Ids;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The balances of one customer. The case of letters in the name of an account does not count. Not thread-safe. */
public final class Wallet {
    public static final String DEFAULT_ACCOUNT = "default";

    private final Map<String, Balance> balances = new LinkedHashMap<>();
    private final Map<String, Balance> defaultByAsset = new HashMap<>();
    private final Map<String, Adjustment> adjustments = new HashMap<>();

    /**
     * One account of a wallet, as the API shows it.
     *
     * @param id {@code default:USD}
     * @param available may be negative
     */
    public record View(String id, String name, String asset, BigDecimal available) {}

    /** A change of a balance from outside, as the API shows it. */
    public record Adjustment(String id, Instant createdAt) {}

    private static final class Balance {
        private final String name;
        private final String asset;
        private final List<Grant> grants = new ArrayList<>();
        private BigDecimal available = BigDecimal.ZERO;

        Balance(String name, String asset) {
            this.name = name;
            this.asset = asset;
        }

        void add(BigDecimal amount) {
            available = available.add(amount);
        }

        Grant grant(BigDecimal amount) {
            Grant grant = new Grant(this, amount);
            grants.add(grant);
            add(amount);
            return grant;
        }

        void debit(BigDecimal amount) {
            add(amount.negate());
            BigDecimal open = amount;
            for (Grant grant : grants) {
                BigDecimal taken = open.min(grant.left).max(BigDecimal.ZERO);
                grant.left = grant.left.subtract(taken);
                open = open.subtract(taken);
            }
            grants.removeIf(grant -> grant.left.signum() == 0);
        }

        View view() {
            return new View(name + ":" + asset, name, asset, Decimals.normal(available));
        }
    }

    public List<View> accounts() {
        return balances.values().stream().map(Balance::view).toList();
    }

    /** The account; created with a balance of 0 at its first use. */
    public View account(String name, String asset) {
        return balance(name, asset).view();
    }

    /** The account; empty if nothing has made it yet. */
    public Optional<View> find(String name, String asset) {
        return Optional.ofNullable(balances.get(key(name, asset))).map(Balance::view);
    }

    private Balance balance(String name, String asset) {
        return balances.computeIfAbsent(key(name, asset), key -> new Balance(name, asset));
    }

    private static String key(String name, String asset) {
        return (name + ":" + asset).toLowerCase(Locale.ROOT);
    }

    /** The balance of {@code default:<asset>}; 0 if there is no such account. */
    public BigDecimal available(String asset) {
        Balance balance = balances.get(key(DEFAULT_ACCOUNT, asset));
        return balance == null ? BigDecimal.ZERO : balance.available;
    }

    /** Takes from the grants first: what they have left can expire. A negative amount gives back, without expiry. */
    public void debit(String asset, BigDecimal amount) {
        defaultByAsset
                .computeIfAbsent(asset, key -> balance(DEFAULT_ACCOUNT, key))
                .debit(amount);
    }

    /** Adds to {@code default:<asset>}. Returns the grant, for {@link Grant#expire}. */
    public Grant grant(String asset, BigDecimal amount) {
        return balance(DEFAULT_ACCOUNT, asset).grant(amount);
    }

    /** An amount that was granted and that may expire. */
    public static final class Grant {
        private final Balance balance;
        private BigDecimal left;

        private Grant(Balance balance, BigDecimal amount) {
            this.balance = balance;
            this.left = amount;
        }

        /** Takes away what was not used; the second call takes nothing. */
        public void expire() {
            balance.grants.remove(this);
            balance.add(left.negate());
            left = BigDecimal.ZERO;
        }
    }

    /**
     * Changes the balance once per transaction id. A repeated id changes nothing and returns the first adjustment.
     *
     * @param amount negative takes from the wallet
     */
    public Adjustment adjust(String transactionId, String account, String asset, BigDecimal amount, Instant now) {
        return adjustments.computeIfAbsent(transactionId, key -> {
            balance(account, asset).add(amount);
            return new Adjustment(Ids.next("adj_"), now);
        });
    }
}
