package io.usageflow.forwarder.balance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.balance.BalanceReport.Asset;
import io.usageflow.forwarder.balance.BalanceReport.Kept;
import io.usageflow.forwarder.balance.UndeliveredEvents.OnItsWay;
import io.usageflow.forwarder.balance.WalletQueries.Wallet;
import io.usageflow.forwarder.balance.WalletQueries.WalletResult;
import io.usageflow.forwarder.catalogue.CatalogueQueries;
import io.usageflow.forwarder.catalogue.CustomerReading;
import io.usageflow.forwarder.catalogue.cache.CatalogueCache;
import io.usageflow.forwarder.config.AdmissionSettings.Unlinked;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.UnreadableRecords;
import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.forwarder.kafka.TopicsNotReadyException;
import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.topics.AccountPartition;
import io.usageflow.schema.AccountBalance;
import io.usageflow.schema.AssetBalance;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;

/** Reads the balance of one account, from Credyt and from the topics. Changes nothing. Thread-safe. */
public final class BalanceQuery {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);
    /** Records of a partition that are read at most to find those of the account. */
    private static final int RECORDS_MAX = 1_000_000;

    private final Settings settings;
    private final Topics topics;
    private final Clock clock;

    public BalanceQuery(Settings settings, Clock clock) {
        this.settings = settings;
        this.topics = settings.topics().names();
        this.clock = clock;
    }

    /**
     * Reads the balance; empty if stopped.
     *
     * @param perSecond questions to Credyt
     * @throws io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException if Credyt does not answer
     *     or refuses the key
     * @throws KafkaException if Kafka does not answer
     */
    public Optional<BalanceReport> of(String account, double perSecond, BooleanSupplier stopped)
            throws InterruptedException {
        List<String> notes = new ArrayList<>();
        Optional<AccountBalance> kept = kept(account, notes);
        Optional<Reference> customer = customer(account, kept, notes);
        ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
        try (CredytHttp credyt = new CredytHttp(settings.credyt(), keys, 4)) {
            var queries = new CredytQueries(credyt::get, perSecond, clock, stopped);
            if (customer.isEmpty()) {
                notes.add("account " + account + " has no customer: no link, no balance in " + topics.balances()
                        + ", and admission does not pass accounts through");
                return Optional.of(report(account, customer, Optional.empty(), OnItsWays.NONE, kept, notes));
            }
            var prices = new CatalogueCache(settings.catalogue(), System::nanoTime);
            var catalogue = new CatalogueQueries(queries);
            Optional<String> connected = customer.get().credytAccount();
            catalogue.catalogue(connected).ifPresent(products -> prices.store(connected, products));
            catalogue
                    .customers(List.of(customer.get()))
                    .ifPresent(found -> found.forEach(
                            (reference, result) -> prices.store(Map.of(reference, CustomerReading.of(result)))));
            OnItsWays onItsWay = onItsWay(account, customer.get(), new FeeEstimate(Optional.of(prices)), notes);
            Optional<WalletResult> wallet = new WalletQueries(1)
                    .read(queries, List.of(customer.get()), clock.instant())
                    .flatMap(results -> Optional.ofNullable(results.get(customer.get())));
            return wallet.map(result -> report(account, customer, Optional.of(result), onItsWay, kept, notes));
        }
    }

    /** The newest value of the topic. */
    private Optional<AccountBalance> kept(String account, List<String> notes) {
        byte[] key = account.getBytes(UTF_8);
        List<AccountBalance> newest = new ArrayList<>();
        try {
            scan(topics.balances(), account, Map.of(), AccountBalance.class, notes, (record, balance) -> {
                if (Arrays.equals(key, record.key())) {
                    newest.clear();
                    balance.ifPresent(newest::add);
                }
            });
        } catch (TopicsNotReadyException notKept) {
            // It exists only where the forwarder keeps balances.
            return Optional.empty();
        }
        return newest.stream().findFirst();
    }

    private Optional<Reference> customer(String account, Optional<AccountBalance> kept, List<String> notes) {
        return new LinkTable(settings)
                .find(LinkKind.CUSTOMER, account, refusal -> {
                    if (refusal.name().equals(account)) {
                        notes.add(refusal.text());
                    }
                })
                .map(Link::reference)
                .or(() -> kept.map(BalanceRecords::customer))
                .or(() -> settings.admission().unlinked().customers() == Unlinked.Policy.PASSTHROUGH
                        ? Optional.of(new Reference(ReferenceKind.EXTERNAL_ID, account))
                        : Optional.empty());
    }

    /** Events of the account before admission, and between admission and delivery. */
    private record OnItsWays(long notAdmitted, long undelivered, OnItsWay fees) {
        static final OnItsWays NONE = new OnItsWays(0, 0, new OnItsWay(0, Map.of(), true));
    }

    private OnItsWays onItsWay(String account, Reference customer, FeeEstimate estimate, List<String> notes) {
        UndeliveredEvents events = new UndeliveredEvents(Integer.MAX_VALUE);
        String admission = settings.admission().engine().applicationId(topics);
        try (Deserializer<UsageEvent> published =
                AvroSerdes.ownValueDeserializer(settings.registry().serde(), UsageEvent.class)) {
            // Delivery first: an event that moves on in between counts twice, and never not at all.
            scan(
                    topics.deliverable(),
                    account,
                    committed(settings.delivery().settling().group(topics)),
                    DeliverableEvent.class,
                    notes,
                    (record, deliverable) -> deliverable
                            .filter(event -> event.getAccountId().equals(account))
                            .ifPresent(event -> events.add(
                                    0, record.offset(), account, fees(published, event, customer, estimate))));
            long undelivered = events.of(account).events();
            scan(
                    topics.events(),
                    account,
                    committed(admission),
                    UsageEvent.class,
                    notes,
                    (record, event) -> event.filter(each -> each.getAccountId().equals(account))
                            .ifPresent(each -> events.add(1, record.offset(), account, estimate.of(customer, each))));
            OnItsWay all = events.of(account);
            return new OnItsWays(all.events() - undelivered, undelivered, all);
        }
    }

    private Optional<Map<String, BigDecimal>> fees(
            Deserializer<UsageEvent> published,
            DeliverableEvent deliverable,
            Reference customer,
            FeeEstimate estimate) {
        byte[] value = Utils.toArray(deliverable.getEvent());
        try {
            return Optional.ofNullable(published.deserialize(topics.events(), value))
                    .flatMap(event -> estimate.of(customer, event));
        } catch (KafkaException unreadable) {
            return Optional.empty();
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(String group) {
        try (Admin admin = KafkaClients.admin(settings.kafka().client(), ANSWER_WITHIN, ANSWER_WITHIN)) {
            return KafkaClients.answer(
                    admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(), ANSWER_WITHIN);
        }
    }

    private interface Visitor<T> {
        /** Takes a record; the value is empty for a tombstone and for what cannot be read. */
        void visit(ConsumerRecord<byte[], byte[]> record, Optional<T> value);
    }

    /** Reads the account's partition from the committed offset to its end. */
    private <T extends SpecificRecord> void scan(
            String topic,
            String account,
            Map<TopicPartition, OffsetAndMetadata> committed,
            Class<T> type,
            List<String> notes,
            Visitor<T> visitor) {
        UnreadableRecords unreadable = new UnreadableRecords();
        try (var reader = new PartitionReader(settings.kafka().client(), topic);
                var decoder = new OwnTopicDecoder<>(settings.registry().serde(), type)) {
            Map<TopicPartition, Long> beginnings = reader.beginnings();
            var partition = new TopicPartition(topic, AccountPartition.of(account, beginnings.size()));
            long from = beginnings.getOrDefault(partition, 0L);
            OffsetAndMetadata offset = committed.get(partition);
            reader.seek(partition.partition(), offset == null ? from : Math.max(from, offset.offset()));
            long end = reader.ends().getOrDefault(partition, 0L);
            int read = 0;
            for (var record = reader.next(end); record.isPresent(); record = reader.next(end)) {
                if (++read > RECORDS_MAX) {
                    notes.add("only the first " + RECORDS_MAX + " waiting records of " + partition + " were read");
                    break;
                }
                visitor.visit(
                        record.get(),
                        record.get().value() == null ? Optional.empty() : decoder.read(record.get(), unreadable));
            }
        }
        notes.addAll(unreadable.named());
    }

    private BalanceReport report(
            String account,
            Optional<Reference> customer,
            Optional<WalletResult> result,
            OnItsWays onItsWay,
            Optional<AccountBalance> kept,
            List<String> notes) {
        Instant now = clock.instant();
        Optional<Wallet> wallet = result.flatMap(each -> each.match(
                Optional::of,
                noCustomer -> {
                    notes.add("Credyt has no such customer: correct the account's link, or create the customer");
                    return Optional.empty();
                },
                unclear -> {
                    notes.add("Credyt does not show the wallet: " + unclear.why());
                    return Optional.empty();
                }));
        List<Asset> assets = new ArrayList<>();
        wallet.ifPresent(found -> new TreeMap<>(found.available()).forEach((asset, available) -> {
            BigDecimal fees = onItsWay.fees().fees().getOrDefault(asset, BigDecimal.ZERO);
            assets.add(new Asset(
                    asset,
                    plain(available),
                    plain(fees),
                    plain(available.subtract(fees)),
                    kept.flatMap(value -> Optional.ofNullable(value.getAssets().get(asset)))
                            .map(BalanceQuery::left)));
        }));
        return new BalanceReport(
                account,
                customer.map(
                        reference -> new BalanceReport.Customer(reference.kind().name(), reference.value())),
                wallet.map(Wallet::customerId),
                now,
                assets,
                onItsWay.notAdmitted(),
                onItsWay.undelivered(),
                onItsWay.fees().complete() && notes.isEmpty(),
                kept.map(value -> new Kept(
                        value.getCustomerId(),
                        value.getReadAt(),
                        Duration.between(value.getReadAt(), now).toSeconds(),
                        value.getUndeliveredEvents(),
                        value.getOnItsWayComplete())),
                notes);
    }

    private static BigDecimal left(AssetBalance amounts) {
        return plain(amounts.getAvailable().subtract(amounts.getOnItsWay()));
    }

    /** Without trailing zeros, and without an exponent in JSON. */
    private static BigDecimal plain(BigDecimal amount) {
        BigDecimal stripped = amount.signum() == 0 ? BigDecimal.ZERO : amount.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
