package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.schema.Cost;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerDeliveryState;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Topics of their own, a sandbox, an admission that writes what the test says, and eyes on everything delivery writes. */
final class DeliveryWorld implements AutoCloseable {
    static final String VENDOR = "openai";
    static final String UNKNOWN_VENDOR = "no-such-vendor";
    static final int PARTITIONS = 3;
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final AtomicInteger WORLDS = new AtomicInteger();

    final Topics topics;
    final CredytSandbox sandbox;

    private final String bootstrap;
    private final Map<String, String> serde;
    private final KafkaProducer<byte[], byte[]> admission;
    private final Serializer<UsageEvent> events;
    private final Serializer<DeliverableEvent> deliverables;
    private final List<Delivery> running = new ArrayList<>();
    private long sourceOffset;

    DeliveryWorld(String bootstrap, CredytSandbox sandbox) {
        this(bootstrap, sandbox, "mock://world" + (WORLDS.get() + 1));
    }

    DeliveryWorld(String bootstrap, CredytSandbox sandbox, String registry) {
        int number = WORLDS.incrementAndGet();
        this.bootstrap = bootstrap;
        this.sandbox = sandbox;
        this.topics = new Topics("world" + number);
        this.serde = Map.of("schema.registry.url", registry, "auto.register.schemas", "true");
        this.events = AvroSerdes.valueSerializer(serde);
        this.deliverables = AvroSerdes.valueSerializer(serde);
        TopicCreation.create(bootstrap, topics.specs(PARTITIONS, Duration.ofDays(35)));
        this.admission = new KafkaProducer<>(Map.of(
                "bootstrap.servers",
                bootstrap,
                "transactional.id",
                topics.prefix() + "-admission",
                "key.serializer",
                ByteArraySerializer.class,
                "value.serializer",
                ByteArraySerializer.class));
        admission.initTransactions();
        sandbox.createVendor(VENDOR);
    }

    /** A deliverable event of this account, whose customer at Credyt has the same external id. */
    static Deliverable event(String account, int number) {
        return event(
                account, UUID.nameUUIDFromBytes((account + "/" + number).getBytes(StandardCharsets.UTF_8)), VENDOR);
    }

    /** An event that the sandbox refuses: nobody there knows its vendor. */
    static Deliverable poison(String account, int number) {
        return event(
                account,
                UUID.nameUUIDFromBytes((account + "/" + number).getBytes(StandardCharsets.UTF_8)),
                UNKNOWN_VENDOR);
    }

    private static Deliverable event(String account, UUID id, String vendor) {
        UsageEvent event = UsageEvent.newBuilder()
                .setId(id.toString())
                .setEventType("message_completed")
                .setOccurredAt(Instant.now().truncatedTo(java.time.temporal.ChronoUnit.MICROS))
                .setAccountId(account)
                .setSubject("chat")
                .setData(Map.of("total_tokens", 1500L, "model", "gpt-4"))
                .setCosts(List.of(Cost.newBuilder()
                        .setVendor(vendor)
                        .setAmount(new BigDecimal("0.016100000000000000"))
                        .setCurrency("USD")
                        .build()))
                .build();
        return new Deliverable(event, vendor);
    }

    record Deliverable(UsageEvent event, String vendor) {
        String account() {
            return event.getAccountId();
        }

        String credytId() {
            return CredytIds.ofEvent(event.getAccountId(), event.getId()).toString();
        }
    }

    /** As admission does it: one transaction. */
    void admit(List<Deliverable> batch) {
        admission.beginTransaction();
        batch.forEach(this::write);
        admission.commitTransaction();
    }

    /** So that admission needs the registry no more. */
    void rememberSchemas() {
        Deliverable any = event("any", 0);
        abort(List.of(any));
    }

    /** Written and taken back: offsets that nobody may ever see. */
    void abort(List<Deliverable> batch) {
        admission.beginTransaction();
        batch.forEach(this::write);
        admission.flush();
        admission.abortTransaction();
    }

    void admitBytes(String account, byte[] value) {
        admission.beginTransaction();
        admission.send(new ProducerRecord<>(topics.deliverable(), account.getBytes(StandardCharsets.UTF_8), value));
        admission.commitTransaction();
    }

    private void write(Deliverable deliverable) {
        UsageEvent event = deliverable.event();
        var source = new SourceCoordinates(topics.events(), 0, sourceOffset++, Instant.now());
        DeliverableEvent value = DeliverableEvent.newBuilder()
                .setEventId(event.getId())
                .setAccountId(event.getAccountId())
                .setCredytEventId(deliverable.credytId())
                .setCustomer(new CredytReference(ReferenceKind.EXTERNAL_ID, event.getAccountId()))
                .setVendors(Map.of(
                        deliverable.vendor(), new CredytReference(ReferenceKind.EXTERNAL_ID, deliverable.vendor())))
                .setSource(source)
                .setAdmittedAt(Instant.now())
                .setEvent(ByteBuffer.wrap(events.serialize(topics.events(), event)))
                .build();
        var record = new ProducerRecord<>(
                topics.deliverable(),
                event.getAccountId().getBytes(StandardCharsets.UTF_8),
                deliverables.serialize(topics.deliverable(), value));
        record.headers().add("traceparent", "00-1-2-01".getBytes(StandardCharsets.UTF_8));
        admission.send(record);
    }

    /** Starts a delivery; overrides beat short waits. */
    Delivery deliver(String instance, Map<String, String> overrides) {
        Map<String, String> settings = new HashMap<>(Map.of(
                CredytSettings.URL, sandbox.url().toString(),
                CredytSettings.API_KEY, "secret-key-of-the-test",
                DeliverySettings.RETRY_MIN, "20ms",
                DeliverySettings.RETRY_MAX, "300ms",
                DeliverySettings.CIRCUIT_WAIT_MIN, "50ms",
                DeliverySettings.CIRCUIT_WAIT_MAX, "300ms",
                CredytSettings.RESPONSE_TIMEOUT, "5s"));
        settings.putAll(overrides);
        var config =
                new AbstractConfig(CredytSettings.define(DeliverySettings.define(new ConfigDef())), settings, false);
        var delivery = new Delivery(
                DeliverySettings.from(config),
                CredytSettings.from(config),
                new DeliveryConnections(topics, Map.of("bootstrap.servers", bootstrap), serde, instance),
                new SimpleMeterRegistry());
        delivery.start();
        running.add(delivery);
        return delivery;
    }

    Delivery deliver() {
        return deliver("one", Map.of());
    }

    void stop(Delivery delivery) {
        delivery.close(Duration.ofSeconds(20));
        running.remove(delivery);
    }

    /** Waits until so many events have a receipt or a dead letter. */
    void awaitSettled(int count) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> assertThat(
                        receipts().size() + deadLetters().size())
                .isGreaterThanOrEqualTo(count));
    }

    List<Receipt> receipts() {
        return read(topics.receipts(), Receipt.class).stream().map(Read::value).toList();
    }

    List<DeadLetter> deadLetters() {
        return read(topics.deadLetters(), DeadLetter.class).stream()
                .map(Read::value)
                .toList();
    }

    /** As an earlier owner of the partitions left it. */
    void remember(CustomerDeliveryState state) {
        byte[] key = Customer.of(state.getCustomer()).key();
        byte[] value =
                AvroSerdes.<CustomerDeliveryState>valueSerializer(serde).serialize(topics.deliveryState(), state);
        admission.beginTransaction();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            admission.send(new ProducerRecord<>(topics.deliveryState(), partition, key, value));
        }
        admission.commitTransaction();
    }

    /** What is remembered of failing customers, by customer; of several partitions the newest. */
    Map<String, CustomerDeliveryState> remembered() {
        Map<String, CustomerDeliveryState> newest = new TreeMap<>();
        read(topics.deliveryState(), CustomerDeliveryState.class).forEach(record -> {
            if (record.value() == null) {
                newest.remove(record.key());
            } else {
                newest.put(record.key(), record.value());
            }
        });
        return newest;
    }

    /** The newest counters of all partitions, added up. */
    Map<String, Long> ledger() {
        Map<String, LedgerEntry> newest = new LinkedHashMap<>();
        read(topics.ledger(), LedgerEntry.class).forEach(entry -> newest.put(entry.key(), entry.value()));
        Map<String, Long> sum = new TreeMap<>();
        newest.values().forEach(entry -> entry.getCounters().forEach((key, count) -> sum.merge(key, count, Long::sum)));
        return sum;
    }

    /** Every event at Credyt once or a dead letter, with one receipt or dead letter each, and books that say so. */
    void assertSettled(Set<String> delivered, Set<String> dead) {
        List<String> receipts =
                receipts().stream().map(Receipt::getCredytEventId).toList();
        List<String> deadLetters = deadLetters().stream()
                .map(letter -> letter.getAttributes().get("credyt_event_id"))
                .toList();
        assertSame("at Credyt", sandbox.eventIds(), delivered);
        assertThat(receipts).as("receipts").doesNotHaveDuplicates();
        assertSame("receipts", receipts, delivered);
        assertThat(deadLetters).as("dead letters").doesNotHaveDuplicates();
        assertSame("dead letters", deadLetters, dead);
        assertThat(sandbox.conflicts()).as("content under an id").isEmpty();
        Map<String, Long> ledger = ledger();
        assertThat(ledger.getOrDefault(LedgerCounter.RECEIVED.key(), 0L)).isEqualTo(delivered.size() + dead.size());
        assertThat(ledger.getOrDefault(LedgerCounter.DELIVERED.key(), 0L)).isEqualTo(delivered.size());
        assertThat(ledger.getOrDefault(LedgerCounter.DEAD_LETTERED.key(), 0L)).isEqualTo(dead.size());
    }

    /** Set equality that shows the difference and not a thousand ids. */
    static void assertSame(String what, Collection<String> actual, Set<String> expected) {
        Set<String> missing = new HashSet<>(expected);
        missing.removeAll(actual);
        Set<String> surplus = new HashSet<>(actual);
        surplus.removeAll(expected);
        assertThat(missing).as(what + ", missing").isEmpty();
        assertThat(surplus).as(what + ", surplus").isEmpty();
    }

    /** What the group has committed is where the topic ends: nothing will be read again, markers at the tail included. */
    void awaitAllCommitted() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            try (var consumer = consumer(topics.prefix() + "-delivery")) {
                Set<TopicPartition> partitions = partitions(consumer, topics.deliverable());
                Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
                var committed = consumer.committed(partitions);
                for (TopicPartition partition : partitions) {
                    var offset = committed.get(partition);
                    assertThat(offset == null ? 0 : offset.offset())
                            .as(partition.toString())
                            .isEqualTo(ends.get(partition));
                }
            }
        });
    }

    private record Read<T>(String key, @Nullable T value) {}

    private <T extends SpecificRecord> List<Read<T>> read(String topic, Class<T> type) {
        Deserializer<T> deserializer = AvroSerdes.valueDeserializer(serde, type);
        List<Read<T>> all = new ArrayList<>();
        try (var consumer = consumer("eyes-" + UUID.randomUUID())) {
            Set<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                    all.add(new Read<>(
                            new String(record.key(), StandardCharsets.UTF_8),
                            record.value() == null
                                    ? null
                                    : deserializer.deserialize(topic, record.headers(), record.value())));
                }
            }
        }
        return all;
    }

    private static Set<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        Set<TopicPartition> partitions = new HashSet<>();
        consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        return partitions;
    }

    private KafkaConsumer<byte[], byte[]> consumer(String group) {
        return new KafkaConsumer<>(Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                group,
                "enable.auto.commit",
                false,
                "isolation.level",
                "read_committed",
                "key.deserializer",
                ByteArrayDeserializer.class,
                "value.deserializer",
                ByteArrayDeserializer.class));
    }

    static Set<String> ids(List<Deliverable> events) {
        Set<String> ids = new HashSet<>();
        events.forEach(event -> ids.add(event.credytId()));
        return ids;
    }

    @Override
    public void close() {
        List.copyOf(running).forEach(this::stop);
        admission.close(Duration.ofSeconds(2));
        sandbox.close();
    }
}
