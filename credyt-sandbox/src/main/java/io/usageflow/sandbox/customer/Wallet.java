package io.usageflow.sandbox.customer;

import io.usageflow.sandbox.json.Ids;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The balances of one customer. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}. */
public final class Wallet {
    public static final String DEFAULT_ACCOUNT = "default";

    private final Map<String, WalletAccount> accounts = new LinkedHashMap<>();
    private final Map<String, WalletAccount> defaultByAsset = new HashMap<>();
    private final Map<String, Adjustment> adjustments = new HashMap<>();

    public Collection<WalletAccount> accounts() {
        return Collections.unmodifiableCollection(accounts.values());
    }

    /** The account, made with 0 where it has not been used yet. */
    public WalletAccount account(String name, String asset) {
        return accounts.computeIfAbsent(name + ":" + asset, key -> new WalletAccount(name, asset));
    }

    public void debit(String asset, BigDecimal amount) {
        defaultByAsset
                .computeIfAbsent(asset, key -> account(DEFAULT_ACCOUNT, key))
                .add(amount.negate());
    }

    /** Does nothing for a transaction id that was seen before: the first adjustment is the answer again. */
    public Adjustment adjust(
            String transactionId, String account, String asset, BigDecimal amount, String reason, Instant now) {
        Adjustment earlier = adjustments.get(transactionId);
        if (earlier != null) {
            return earlier;
        }
        Adjustment adjustment = new Adjustment(Ids.next("adj_"), transactionId, account, asset, amount, reason, now);
        adjustments.put(transactionId, adjustment);
        account(account, asset).add(amount);
        return adjustment;
    }
}
