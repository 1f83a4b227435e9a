package io.usageflow.forwarder.balance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.balance.BalanceMeters.Reading;
import io.usageflow.forwarder.balance.UndeliveredEvents.OnItsWay;
import io.usageflow.forwarder.balance.WalletQueries.Wallet;
import io.usageflow.forwarder.balance.WalletQueries.WalletResult;
import io.usageflow.forwarder.balance.WalletSchedule.Due;
import io.usageflow.forwarder.balance.WalletSchedule.Forgotten;
import io.usageflow.forwarder.config.BalanceSettings;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.AccountBalance;
import io.usageflow.schema.text.VisibleText;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the wallets that are due and writes them to {@code usage.balances}. One thread; the producer's thread tells the
 * schedule what was written.
 */
final class WalletReader {
    private static final Logger LOG = LoggerFactory.getLogger(WalletReader.class);
    private static final int WALLETS_MAX = 16;

    private final String topic;
    private final Map<String, BigDecimal> low;
    private final WalletSchedule schedule;
    private final UndeliveredEvents undelivered;
    private final BiPredicate<Integer, Instant> caughtUp;
    private final WalletQueries wallets;
    private final Producer<byte[], byte[]> producer;
    private final Serializer<AccountBalance> serializer;
    private final BalanceMeters meters;
    private final Clock clock;

    /** @param caughtUp whether all admitted events of a partition have been read at a time */
    WalletReader(
            String topic,
            BalanceSettings settings,
            WalletSchedule schedule,
            UndeliveredEvents undelivered,
            BiPredicate<Integer, Instant> caughtUp,
            Producer<byte[], byte[]> producer,
            Serializer<AccountBalance> serializer,
            BalanceMeters meters,
            Clock clock) {
        this.topic = topic;
        this.low = settings.low();
        this.schedule = schedule;
        this.undelivered = undelivered;
        this.caughtUp = caughtUp;
        this.wallets = new WalletQueries(settings.accountsMax());
        this.producer = producer;
        this.serializer = serializer;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * Reads wallets that are due and writes them. Returns whether there were any.
     *
     * @throws io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException if Credyt does not answer,
     *     or refuses the key; the wallets are due again later
     */
    boolean step(CredytQueries queries) throws InterruptedException {
        schedule.takeForgotten().forEach(this::remove);
        Instant now = clock.instant();
        Instant readAt = now.truncatedTo(ChronoUnit.MICROS);
        List<Due> due = schedule.take(WALLETS_MAX, now);
        if (due.isEmpty()) {
            return false;
        }
        // Before the question: an event that is delivered in between then counts twice for a moment, and never not at
        // all.
        Map<String, OnItsWay> onItsWay = new HashMap<>();
        due.forEach(each -> onItsWay.put(each.account(), undelivered.of(each.account())));
        Map<Reference, WalletResult> results = Map.of();
        try {
            results = wallets.read(
                            queries, due.stream().map(Due::customer).distinct().toList(), now)
                    .orElse(Map.of());
        } finally {
            for (Due each : due) {
                @Nullable WalletResult result = results.get(each.customer());
                if (result == null) {
                    meters.count(Reading.AWAY);
                    schedule.failed(each.account(), clock.instant());
                }
            }
        }
        for (Due each : due) {
            @Nullable WalletResult result = results.get(each.customer());
            @Nullable OnItsWay undeliveredThen = onItsWay.get(each.account());
            if (result != null && undeliveredThen != null) {
                take(each, result, readAt, undeliveredThen);
            }
        }
        return true;
    }

    private void take(Due due, WalletResult result, Instant readAt, OnItsWay onItsWay) {
        result.match(
                wallet -> {
                    write(due, wallet, readAt, onItsWay);
                    return true;
                },
                noCustomer -> {
                    meters.count(Reading.NO_CUSTOMER);
                    if (schedule.isWithoutCustomer(due.account(), clock.instant())) {
                        remove(new Forgotten(due.account(), due.partition()));
                    }
                    return false;
                },
                unclear -> {
                    meters.count(Reading.UNCLEAR);
                    schedule.failed(due.account(), clock.instant());
                    LOG.debug("event=wallet_unclear account={} why={}", VisibleText.logged(due.account()), unclear);
                    return false;
                });
    }

    private void write(Due due, Wallet wallet, Instant readAt, OnItsWay onItsWay) {
        AccountBalance balance = BalanceRecords.of(
                due.account(), due.customer(), wallet, readAt, onItsWay, caughtUp.test(due.partition(), readAt));
        var record = new ProducerRecord<>(
                topic, due.partition(), due.account().getBytes(UTF_8), serializer.serialize(topic, balance));
        var unused = producer.send(record, (metadata, failure) -> {
            if (failure == null) {
                meters.count(Reading.WRITTEN);
                schedule.read(due.account(), readAt, BalanceRecords.low(balance, low));
            } else {
                meters.count(Reading.NOT_WRITTEN);
                schedule.failed(due.account(), clock.instant());
                LOG.warn("event=balance_not_written why={}", VisibleText.logged(failure));
            }
        });
    }

    /** Without a success the balance stays, and becomes too old for its readers. */
    private void remove(Forgotten account) {
        var unused = producer.send(
                new ProducerRecord<>(
                        topic, account.partition(), account.account().getBytes(UTF_8), null),
                (metadata, failure) -> {
                    if (failure != null) {
                        LOG.warn("event=balance_not_removed why={}", VisibleText.logged(failure));
                    }
                });
    }
}
