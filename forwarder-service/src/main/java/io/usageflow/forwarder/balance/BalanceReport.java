package io.usageflow.forwarder.balance;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An account's balance: the wallet as Credyt shows it now, what is on its way, and what services read. Immutable.
 *
 * @param customer whose wallet it is; empty if the account has none
 * @param customerId Credyt's id; empty if Credyt has no such customer
 * @param assets in the wallet; empty if there is no customer
 * @param notAdmitted published events of the account that admission has not read; duplicates are among them
 * @param undelivered admitted events of the account whose delivery is not committed
 * @param onItsWayComplete false if the fees of some of these events are not known, or not all of them were read
 * @param kept the value in {@code usage.balances}; empty if there is none
 * @param notes sentences on what could not be read
 */
public record BalanceReport(
        String account,
        Optional<Customer> customer,
        Optional<String> customerId,
        Instant readAt,
        List<Asset> assets,
        long notAdmitted,
        long undelivered,
        boolean onItsWayComplete,
        Optional<Kept> kept,
        List<String> notes) {
    public BalanceReport {
        assets = List.copyOf(assets);
        notes = List.copyOf(notes);
    }

    /**
     * The customer by the account's link, or by the value in {@code usage.balances}.
     *
     * @param kind {@code CREDYT_ID} or {@code EXTERNAL_ID}
     */
    public record Customer(String kind, String value) {}

    /**
     * An asset of the wallet.
     *
     * @param available in the wallet
     * @param onItsWay expected fees of the events that are not delivered
     * @param left the difference
     * @param keptLeft what services read; empty if there is no value in {@code usage.balances}
     */
    public record Asset(
            String asset, BigDecimal available, BigDecimal onItsWay, BigDecimal left, Optional<BigDecimal> keptLeft) {}

    /** The value in {@code usage.balances}. */
    public record Kept(
            String customerId, Instant readAt, long ageSeconds, long undelivered, boolean onItsWayComplete) {}
}
