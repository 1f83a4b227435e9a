package io.usageflow.forwarder.balance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.topics.AccountPartition;
import io.usageflow.schema.AccountBalance;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.rule.LinkRules;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.text.VisibleText;
import io.usageflow.schema.topic.Topics;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
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
    private static final Duration COMMITTED_EVERY = Duration.ofSeconds(1);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    /** A flow of events is never read to its end for long, so this much counts as nothing. */
    private static final Duration BEHIND_MAX = Duration.ofSeconds(10);
    /** Messages about records that cannot be used. */
    private static final int WARNINGS_MAX = 100;

    private final Settings settings;
    private final Topics topics;
    private final String deliveryGroup;
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
        this.deliveryGroup = settings.delivery().settling().group(topics);
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
    private final class Session implements AutoCloseable {
        private final Map<String, Object> kafka = Map.copyOf(settings.kafka().client());
        private final Map<String, String> registry = settings.registry().serde();
        private final Admin admin = KafkaClients.admin(kafka, ANSWER_WITHIN, ANSWER_WITHIN);
        private final Consumer<byte[], byte[]> events;
        private final Consumer<byte[], byte[]> tables;
        private final OwnTopicDecoder<DeliverableEvent> deliverables =
                new OwnTopicDecoder<>(registry, DeliverableEvent.class);
        private final Deserializer<UsageEvent> published = AvroSerdes.ownValueDeserializer(registry, UsageEvent.class);
        private final OwnTopicDecoder<CustomerLink> links = new OwnTopicDecoder<>(registry, CustomerLink.class);
        private final OwnTopicDecoder<AccountBalance> balances = new OwnTopicDecoder<>(registry, AccountBalance.class);
        private final Set<TopicPartition> assigned = new HashSet<>();
        private int partitions;
        private boolean loading;
        private @Nullable KafkaFuture<Map<TopicPartition, OffsetAndMetadata>> committed;
        private Instant committedAt = Instant.MIN;

        Session() {
            String id = "usageflow-balances-" + settings.process().instanceId();
            events = KafkaClients.reader(
                    kafka,
                    Map.of(
                            ConsumerConfig.GROUP_ID_CONFIG,
                            settings.balances().group(topics),
                            ConsumerConfig.CLIENT_ID_CONFIG,
                            id,
                            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                            "earliest",
                            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                            100),
                    settings.recordBounds());
            tables = KafkaClients.reader(
                    kafka,
                    Map.of(
                            ConsumerConfig.CLIENT_ID_CONFIG,
                            id + "-tables",
                            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                            "earliest"),
                    settings.recordBounds());
            events.subscribe(List.of(topics.deliverable()), new Assignment());
        }

        void step() {
            if (partitions == 0) {
                partitions = Optional.ofNullable(tables.partitionsFor(topics.customerLinks(), ANSWER_WITHIN))
                        .map(List::size)
                        .filter(count -> count > 0)
                        .orElseThrow(() -> new KafkaException(topics.customerLinks() + " does not exist"));
            }
            // With a full memory only the group's membership is kept up.
            if (undelivered.isFull()) {
                events.pause(events.assignment());
            } else {
                events.resume(events.paused());
            }
            for (ConsumerRecord<byte[], byte[]> record : events.poll(loading ? Duration.ZERO : POLL)) {
                event(record);
            }
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
            takeCommitted();
        }

        private void noteLag() {
            Instant now = clock.instant();
            for (TopicPartition partition : events.assignment()) {
                if (events.currentLag(partition).orElse(1) > 0) {
                    behindSince.putIfAbsent(partition.partition(), now);
                } else {
                    behindSince.remove(partition.partition());
                }
            }
        }

        private void event(ConsumerRecord<byte[], byte[]> record) {
            Optional<DeliverableEvent> read = deliverables.read(record, BalanceIntake.this::warn);
            if (read.isEmpty()) {
                return;
            }
            DeliverableEvent deliverable = read.get();
            Reference customer = reference(deliverable.getCustomer());
            schedule.seen(deliverable.getAccountId(), record.partition(), customer, clock.instant());
            undelivered.add(
                    record.partition(), record.offset(), deliverable.getAccountId(), fees(customer, deliverable));
        }

        /** Empty where they are not known. */
        private Optional<Map<String, BigDecimal>> fees(Reference customer, DeliverableEvent deliverable) {
            byte[] value = Utils.toArray(deliverable.getEvent());
            try {
                return Optional.ofNullable(published.deserialize(topics.events(), value))
                        .flatMap(event -> estimate.of(customer, event));
            } catch (SchemaLostException lost) {
                return Optional.empty();
            } catch (KafkaException unreadable) {
                if (RegistryAbsence.isCauseOf(unreadable)) {
                    throw unreadable;
                }
                return Optional.empty();
            }
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
                            reference(link.getCustomer()),
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

        /** Asks for delivery's offsets, and takes the answer in a later step, so that no poll is late. */
        private void takeCommitted() {
            Instant now = clock.instant();
            KafkaFuture<Map<TopicPartition, OffsetAndMetadata>> asked = committed;
            if (asked == null) {
                if (now.isAfter(committedAt.plus(COMMITTED_EVERY))) {
                    committedAt = now;
                    committed = admin.listConsumerGroupOffsets(deliveryGroup).partitionsToOffsetAndMetadata();
                }
                return;
            }
            if (!asked.isDone()) {
                return;
            }
            committed = null;
            KafkaClients.answer(asked).forEach((partition, offset) -> {
                if (offset != null && assigned.contains(partition)) {
                    undelivered
                            .deliveredUpTo(partition.partition(), offset.offset())
                            .forEach(account -> schedule.delivered(account, now));
                }
            });
        }

        private final class Assignment implements ConsumerRebalanceListener {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> added) {
                assigned.addAll(added);
                Map<TopicPartition, OffsetAndMetadata> delivered = KafkaClients.answer(
                        admin.listConsumerGroupOffsets(deliveryGroup).partitionsToOffsetAndMetadata(), ANSWER_WITHIN);
                for (TopicPartition partition : added) {
                    OffsetAndMetadata offset = delivered.get(partition);
                    if (offset == null) {
                        events.seekToBeginning(List.of(partition));
                    } else {
                        events.seek(partition, offset.offset());
                    }
                    behindSince.put(partition.partition(), Instant.MIN);
                }
                Set<TopicPartition> before = Set.copyOf(tables.assignment());
                assignTables();
                tables.seekToBeginning(tables.assignment().stream()
                        .filter(partition -> !before.contains(partition))
                        .toList());
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> gone) {
                gone.forEach(assigned::remove);
                List<Integer> numbers =
                        gone.stream().map(TopicPartition::partition).toList();
                schedule.revoked(numbers);
                undelivered.revoked(numbers);
                numbers.forEach(behindSince::remove);
                assignTables();
            }

            private void assignTables() {
                tables.assign(assigned.stream()
                        .flatMap(partition -> List.of(topics.customerLinks(), topics.balances()).stream()
                                .map(topic -> new TopicPartition(topic, partition.partition())))
                        .toList());
            }
        }

        @Override
        public void close() {
            List<Integer> numbers =
                    assigned.stream().map(TopicPartition::partition).toList();
            events.close();
            tables.close();
            admin.close();
            deliverables.close();
            published.close();
            links.close();
            balances.close();
            schedule.revoked(numbers);
            undelivered.revoked(numbers);
            behindSince.clear();
        }
    }

    private static Reference reference(CredytReference credyt) {
        return new Reference(credyt.getKind(), credyt.getValue());
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
