package io.usageflow.forwarder.balance;

import io.usageflow.forwarder.balance.UndeliveredEvents.OnItsWay;
import io.usageflow.forwarder.balance.WalletQueries.Wallet;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.AccountBalance;
import io.usageflow.schema.AssetBalance;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Makes and reads the values of {@code usage.balances}. Pure. */
final class BalanceRecords {
    private static final int SCALE = 18;
    private static final BigDecimal ZERO = BigDecimal.ZERO.setScale(SCALE);
    /** The largest amount that the schema holds. */
    private static final BigDecimal MOST = BigDecimal.TEN.pow(20).subtract(BigDecimal.ONE.movePointLeft(SCALE));

    private BalanceRecords() {}

    /**
     * The record of a wallet.
     *
     * @param onItsWay as it was before Credyt was asked
     * @param caughtUp whether all admitted events had been read then
     */
    static AccountBalance of(
            String account, Reference customer, Wallet wallet, Instant readAt, OnItsWay onItsWay, boolean caughtUp) {
        Map<String, AssetBalance> assets = new HashMap<>();
        wallet.available().forEach((asset, available) -> {
            BigDecimal fees = onItsWay.fees().getOrDefault(asset, ZERO).setScale(SCALE, RoundingMode.CEILING);
            assets.put(asset, new AssetBalance(available, fees.max(ZERO).min(MOST)));
        });
        return new AccountBalance(
                account,
                customer.toAvro(),
                wallet.customerId(),
                readAt,
                assets,
                onItsWay.events(),
                onItsWay.complete() && caughtUp);
    }

    static Reference customer(AccountBalance balance) {
        return Reference.of(balance.getCustomer());
    }

    /** The assets of which less is left than the limit. An asset that the wallet does not have is not low. */
    static Set<String> low(AccountBalance balance, Map<String, BigDecimal> limits) {
        Set<String> low = new HashSet<>();
        balance.getAssets().forEach((asset, amounts) -> {
            BigDecimal limit = limits.get(asset);
            if (limit != null
                    && amounts.getAvailable().subtract(amounts.getOnItsWay()).compareTo(limit) < 0) {
                low.add(asset);
            }
        });
        return low;
    }
}
