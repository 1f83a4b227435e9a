package io.usageflow.sandbox.customer;

import io.usageflow.sandbox.json.Decimals;
import java.math.BigDecimal;

/** One balance of a wallet; may be negative. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}. */
public final class WalletAccount {
    private final String name;
    private final String asset;
    private BigDecimal available = BigDecimal.ZERO;

    WalletAccount(String name, String asset) {
        this.name = name;
        this.asset = asset;
    }

    /** {@code default:USD}. */
    public String id() {
        return name + ":" + asset;
    }

    public String name() {
        return name;
    }

    public String asset() {
        return asset;
    }

    public BigDecimal available() {
        return Decimals.normal(available);
    }

    void add(BigDecimal amount) {
        available = available.add(amount);
    }
}
