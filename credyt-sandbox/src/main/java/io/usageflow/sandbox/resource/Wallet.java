package io.usageflow.sandbox.resource;

import io.usageflow.sandbox.json.Decimals;
import io.usageflow.sandbox.json.Ids;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The balances of one customer. Not thread-safe. */
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
        private BigDecimal available = BigDecimal.ZERO;

        Balance(String name, String asset) {
            this.name = name;
            this.asset = asset;
        }

        void add(BigDecimal amount) {
            available = available.add(amount);
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

    private Balance balance(String name, String asset) {
        return balances.computeIfAbsent(name + ":" + asset, key -> new Balance(name, asset));
    }

    /** The balance of {@code default:<asset>}; 0 if there is no such account. */
    public BigDecimal available(String asset) {
        Balance balance = balances.get(DEFAULT_ACCOUNT + ":" + asset);
        return balance == null ? BigDecimal.ZERO : balance.available;
    }

    public void debit(String asset, BigDecimal amount) {
        defaultByAsset
                .computeIfAbsent(asset, key -> balance(DEFAULT_ACCOUNT, key))
                .add(amount.negate());
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
