package io.usageflow.forwarder.balance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.DeliverableFollower;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.topics.AccountPartition;
import io.usageflow.schema.AccountBalance;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.rule.LinkRules;
import io.usageflow.schema.text.VisibleText;
import io.usageflow.schema.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns which accounts there are, who their customers are, and what of them is on its way. A consumer group shares the
 * partitions of {@code usage.deliverable} among processes. It commits nothing: each assignment begins where delivery
 * has committed. Links and balances of the same partitions are read from their beginning by a second consumer. One
 * thread, except {@link #isCaughtUp}.
 */
final class BalanceIntake {
    private static final Logger LOG = LoggerFactory.getLogger(BalanceIntake.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    /** A flow of events is never read to its end for long, so this much counts as nothing. */
    private static final Duration BEHIND_MAX = Duration.ofSeconds(10);
    /** Messages about records that cannot be used. */
    private static final int WARNINGS_MAX = 100;

    private final Settings settings;
    private final Topics topics;
    private final WalletSchedule schedule;
    private final UndeliveredEvents undelivered;
    private final FeeEstimate estimate;
    private final Clock clock;
    /** Since when a partition of {@code usage.deliverable} has not been read to its end. */
    private final Map<Integer, Instant> behindSince = new ConcurrentHashMap<>();

    private int warnings;

    BalanceIntake(
            Settings settings,
            WalletSchedule schedule,
            UndeliveredEvents undelivered,
            FeeEstimate estimate,
            Clock clock) {
        this.settings = settings;
        this.topics = settings.topics().names();
        this.schedule = schedule;
        this.undelivered = undelivered;
        this.estimate = estimate;
        this.clock = clock;
    }

    /** Whether the partition's admitted events were read to their end within the last seconds. */
    boolean isCaughtUp(int partition, Instant now) {
        Instant since = behindSince.get(partition);
        return since == null || Duration.between(since, now).compareTo(BEHIND_MAX) < 0;
    }

    /**
     * Reads until it is stopped.
     *
     * @throws KafkaException if Kafka or the registry is away: call it again later
     */
    void run(BooleanSupplier stopped) {
        try (Session session = new Session()) {
            while (!stopped.getAsBoolean()) {
                session.step();
            }
        }
    }

    /** The clients and what they were assigned. */
    private final class Session implements DeliverableFollower.Listener, AutoCloseable {
        private final Map<String, Object> kafka = Map.copyOf(settings.kafka().client());
        private final Map<String, String> registry = settings.registry().serde();
        private final DeliverableFollower events;
        private final Consumer<byte[], byte[]> tables;
        private final OwnTopicDecoder<CustomerLink> links = new OwnTopicDecoder<>(registry, CustomerLink.class);
        private final OwnTopicDecoder<AccountBalance> balances = new OwnTopicDecoder<>(registry, AccountBalance.class);
        private int partitions;
        private boolean loading;

        Session() {
            String id = "usageflow-balances-" + settings.process().instanceId();
            tables = KafkaClients.reader(
                    kafka,
                    Map.of(
                            ConsumerConfig.CLIENT_ID_CONFIG,
                            id + "-tables",
                            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                            "earliest"),
                    settings.recordBounds());
            events = new DeliverableFollower(
                    settings, settings.balances().group(topics), id, this, BalanceIntake.this::warn, clock);
        }

        void step() {
            if (partitions == 0) {
                partitions = Optional.ofNullable(tables.partitionsFor(topics.customerLinks(), ANSWER_WITHIN))
                        .map(List::size)
                        .filter(count -> count > 0)
                        .orElseThrow(() -> new KafkaException(topics.customerLinks() + " does not exist"));
            }
            // With a full memory only the group's membership is kept up.
            events.poll(!undelivered.isFull(), loading ? Duration.ZERO : POLL);
            noteLag();
            loading = false;
            if (!tables.assignment().isEmpty()) {
                for (ConsumerRecord<byte[], byte[]> record : tables.poll(Duration.ZERO)) {
                    loading = true;
                    if (record.topic().equals(topics.customerLinks())) {
                        link(record);
                    } else {
                        balance(record);
                    }
                }
            }
        }

        private void noteLag() {
            Instant now = clock.instant();
            for (TopicPartition partition : events.assignment()) {
                if (events.isBehind(partition)) {
                    behindSince.putIfAbsent(partition.partition(), now);
                } else {
                    behindSince.remove(partition.partition());
                }
            }
        }

        @Override
        public void event(ConsumerRecord<byte[], byte[]> record, DeliverableEvent deliverable) {
            Reference customer = Reference.of(deliverable.getCustomer());
            schedule.seen(deliverable.getAccountId(), record.partition(), customer, clock.instant());
            undelivered.add(
                    record.partition(),
                    record.offset(),
                    deliverable.getAccountId(),
                    events.published(deliverable).flatMap(event -> estimate.of(customer, event)));
        }

        @Override
        public void deliveredUpTo(int partition, long offset) {
            Instant now = clock.instant();
            undelivered.deliveredUpTo(partition, offset).forEach(account -> schedule.delivered(account, now));
        }

        private void link(ConsumerRecord<byte[], byte[]> record) {
            if (record.key() == null || AccountPartition.of(record.key(), partitions) != record.partition()) {
                return;
            }
            String account = new String(record.key(), UTF_8);
            if (record.value() == null) {
                schedule.unlinked(account);
                return;
            }
            links.read(record, BalanceIntake.this::warn)
                    .filter(link -> link.getAccountId().equals(account)
                            && LinkRules.violations(link).isEmpty())
                    .ifPresent(link -> schedule.linked(
                            account,
                            record.partition(),
                            Reference.of(link.getCustomer()),
                            link.getLinkedAt(),
                            clock.instant()));
        }

        private void balance(ConsumerRecord<byte[], byte[]> record) {
            if (record.key() == null || record.value() == null) {
                return;
            }
            String account = new String(record.key(), UTF_8);
            balances.read(record, BalanceIntake.this::warn)
                    .filter(balance -> balance.getAccountId().equals(account))
                    .ifPresent(balance -> schedule.restored(
                            account,
                            record.partition(),
                            BalanceRecords.customer(balance),
                            balance.getReadAt(),
                            BalanceRecords.low(balance, settings.balances().low())));
        }

        @Override
        public void assigned(Collection<TopicPartition> added, Set<TopicPartition> all) {
            added.forEach(partition -> behindSince.put(partition.partition(), Instant.MIN));
            Set<TopicPartition> before = Set.copyOf(tables.assignment());
            assignTables(all);
            tables.seekToBeginning(tables.assignment().stream()
                    .filter(partition -> !before.contains(partition))
                    .toList());
        }

        @Override
        public void revoked(Collection<TopicPartition> gone, Set<TopicPartition> left) {
            forget(gone);
            assignTables(left);
        }

        private void forget(Collection<TopicPartition> gone) {
            List<Integer> numbers = gone.stream().map(TopicPartition::partition).toList();
            schedule.revoked(numbers);
            undelivered.revoked(numbers);
            numbers.forEach(behindSince::remove);
        }

        private void assignTables(Set<TopicPartition> assigned) {
            tables.assign(assigned.stream()
                    .flatMap(partition -> List.of(topics.customerLinks(), topics.balances()).stream()
                            .map(topic -> new TopicPartition(topic, partition.partition())))
                    .toList());
        }

        @Override
        public void close() {
            Set<TopicPartition> assigned = Set.copyOf(events.assignment());
            events.close();
            tables.close();
            links.close();
            balances.close();
            forget(assigned);
            behindSince.clear();
        }
    }

    /** A record of another writer in one of our topics stops nothing. */
    private void warn(ConsumerRecord<byte[], byte[]> record, String why) {
        if (warnings++ < WARNINGS_MAX) {
            LOG.warn(
                    "event=balance_record_refused topic={} partition={} offset={} why={}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    VisibleText.logged(why));
        }
    }
}
