package io.usageflow.producer;

import io.usageflow.producer.internal.balance.KafkaBalances;
import java.math.BigDecimal;
import java.util.Map;

/**
 * Answers whether a customer's balance suffices, before an action that will be billed. Thread-safe. One instance serves
 * a whole application; {@link #close} releases it.
 *
 * <p>The forwarder reads the wallets at Credyt and writes them to {@code usage.balances} ({@code balances.enabled});
 * this class holds that topic in memory, so an answer takes no request and never waits. What is left of an asset is the
 * wallet as last read, minus the expected fees of the account's events that were admitted and not delivered then, minus
 * what this process has {@linkplain #spent spent} since then.
 *
 * <p>It is an estimate. It does not know what other processes have published since the wallet was read, nor what is
 * published and not admitted yet; and it counts an event twice for the time between its delivery and the commit of
 * delivery's offset. The answer has its age. For a limit that must never be exceeded, ask Credyt itself.
 */
public interface Balances extends AutoCloseable {
    /**
     * Starts reading in a thread of its own, and returns at once. Until the topic is read, accounts are unknown.
     *
     * @param settings the publisher's ({@link PublisherConfig}); those of Kafka's producer that its consumer has too
     *     hold for both
     * @throws org.apache.kafka.common.config.ConfigException naming the key that is missing, wrong, unknown or fixed
     */
    static Balances create(Map<String, ?> settings) {
        return KafkaBalances.create(settings);
    }

    /**
     * Whether the account may spend the amount now. Never waits. Changes nothing: two callers may both be allowed to
     * spend the same amount.
     *
     * @param asset code at Credyt, such as {@code USD}; an asset that is not in the wallet counts as 0
     * @param amount 0 or more; with 0, whether the balance is not negative
     */
    SpendCheck canSpend(String account, String asset, BigDecimal amount);

    /** The same, and the caller's choice for an account whose balance is not known or too old. */
    default boolean canSpend(String account, String asset, BigDecimal amount, WhenUnknown whenUnknown) {
        return canSpend(account, asset, amount).isAllowed(whenUnknown);
    }

    /**
     * Notes that this process has published events that will cost the amount. It is subtracted until the wallet is read
     * again. Optional: without it, answers of the next seconds do not know of these events.
     *
     * @param amount 0 or more
     */
    void spent(String account, String asset, BigDecimal amount);

    /** How the reading of the topic is. Cheap. */
    BalancesStatus status();

    /** Stops reading; takes at most a few seconds. Later answers are those of the last state. */
    @Override
    void close();
}
