package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.delivery.Delivery.DeliveryConnections;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.forwarder.testing.ImpatientKafka;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownVendor;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerDeliveryState;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Topics of their own, a sandbox, an admission that writes what the test says, and eyes on everything delivery writes. */
final class DeliveryWorld implements AutoCloseable {
    static final String API_KEY = "secret-key-of-the-test";
    static final int PARTITIONS = 3;
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final AtomicInteger WORLDS = new AtomicInteger();

    final Topics topics;
    final CredytSandbox sandbox;

    private final String bootstrap;
    private final Map<String, String> serde;
    private final KafkaProducer<byte[], byte[]> admission;
    private final Serializer<UsageEvent> events;
    private final Deserializer<UsageEvent> publishedEvents;
    private final Serializer<DeliverableEvent> deliverables;
    private final List<Delivery> running = new ArrayList<>();
    private final Map<String, UsageEvent> admitted = new LinkedHashMap<>();
    private final Map<Integer, Long> admittedByPartition = new TreeMap<>();
    private final WatchedSink.Sightings sightings = new WatchedSink.Sightings();
    private final Map<String, UnaryOperator<byte[]>> otherJson = new HashMap<>();
    private final KafkaConsumer<byte[], byte[]> eyes;
    private final Map<String, List<Read<?>>> seen = new HashMap<>();
    /** The next offset of each partition. */
    private final Map<TopicPartition, Long> unseen = new HashMap<>();

    private Map<String, String> clients = Map.of();
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
        this.publishedEvents = AvroSerdes.valueDeserializer(serde, UsageEvent.class);
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
        eyes = consumer("eyes-" + topics.prefix());
        sandbox.createVendor(Deliverable.VENDOR);
        // So that Deliverable.poison is refused; Credyt is not known to refuse any vendor.
        sandbox.change("rules.unknown_vendor", UnknownVendor.UNPROCESSABLE);
    }

    /** As admission does it: one transaction. */
    void admit(List<Deliverable> batch) {
        admission.beginTransaction();
        List<Future<RecordMetadata>> sent = batch.stream().map(this::write).toList();
        admission.commitTransaction();
        batch.forEach(deliverable -> admitted.put(deliverable.credytId(), deliverable.event()));
        sent.forEach(this::count);
    }

    private void count(Future<RecordMetadata> sent) {
        try {
            admittedByPartition.merge(sent.get().partition(), 1L, Long::sum);
        } catch (InterruptedException | ExecutionException failed) {
            throw new IllegalStateException("the transaction was committed without a record", failed);
        }
    }

    /** All whose transaction was committed, by Credyt's id, in the order in which they were written. */
    Map<String, UsageEvent> admitted() {
        return Collections.unmodifiableMap(admitted);
    }

    /** How many records, undecodable ones included. */
    Map<Integer, Long> admittedByPartition() {
        return Collections.unmodifiableMap(admittedByPartition);
    }

    /** So that admission needs the registry no more. */
    void rememberSchemas() {
        Deliverable any = Deliverable.event("any", 0);
        abort(List.of(any));
    }

    /** Written and taken back: offsets that nobody may ever see. */
    void abort(List<Deliverable> batch) {
        admission.beginTransaction();
        batch.forEach(this::write);
        admission.flush();
        admission.abortTransaction();
    }

    /** Lets another writer change the event's JSON in its record. */
    void writeAs(Deliverable deliverable, UnaryOperator<byte[]> json) {
        otherJson.put(deliverable.credytId(), json);
    }

    void admitBytes(String account, byte[] value) {
        admission.beginTransaction();
        var sent = admission.send(
                new ProducerRecord<>(topics.deliverable(), account.getBytes(StandardCharsets.UTF_8), value));
        admission.commitTransaction();
        count(sent);
    }

    private Future<RecordMetadata> write(Deliverable deliverable) {
        UsageEvent event = deliverable.event();
        var source = new SourceCoordinates(topics.events(), 0, sourceOffset++, Instant.now(), null);
        DeliverableEvent value = DeliverableEvent.newBuilder()
                .setEventId(event.getId())
                .setAccountId(event.getAccountId())
                .setCredytEventId(deliverable.credytId())
                .setCustomer(new CredytReference(ReferenceKind.EXTERNAL_ID, event.getAccountId(), null))
                .setVendors(Map.of(
                        deliverable.vendor(),
                        new CredytReference(ReferenceKind.EXTERNAL_ID, deliverable.vendor(), null)))
                .setSource(source)
                .setAdmittedAt(Instant.now())
                .setEvent(ByteBuffer.wrap(events.serialize(topics.events(), event)))
                .build();
        if (!deliverable.isUnsayable()) {
            byte[] json = EventJson.event(value, event);
            value.setJson(ByteBuffer.wrap(
                    otherJson.getOrDefault(deliverable.credytId(), same -> same).apply(json)));
        }
        var record = new ProducerRecord<>(
                topics.deliverable(),
                event.getAccountId().getBytes(StandardCharsets.UTF_8),
                deliverables.serialize(topics.deliverable(), value));
        record.headers().add("traceparent", "00-1-2-01".getBytes(StandardCharsets.UTF_8));
        return admission.send(record);
    }

    /** From now on; needs a broker with {@link ImpatientKafka#BROKER}. */
    void impatient() {
        clients = ImpatientKafka.DELIVERY;
    }

    /** Short waits. */
    Map<String, String> settings(Map<String, String> overrides) {
        Map<String, String> settings = new HashMap<>(Map.of(
                CredytSettings.URL, sandbox.url().toString(),
                CredytSettings.API_KEY, API_KEY,
                DeliverySettings.RETRY_MIN, "20ms",
                DeliverySettings.RETRY_MAX, "300ms",
                DeliverySettings.CIRCUIT_WAIT_MIN, "50ms",
                DeliverySettings.CIRCUIT_WAIT_MAX, "300ms",
                CredytSettings.RESPONSE_TIMEOUT, "5s"));
        settings.putAll(overrides);
        return settings;
    }

    /** A forwarder of its own process that has no other role; give it a log and launch it. */
    Map<String, String> processSettings(Map<String, String> overrides) {
        Map<String, String> settings = settings(overrides);
        clients.forEach((key, value) -> settings.put("kafka." + key, value));
        settings.put("kafka.bootstrap.servers", bootstrap);
        settings.put("schema.registry.url", Objects.requireNonNull(serde.get("schema.registry.url")));
        settings.put("topics.prefix", topics.prefix());
        settings.put("roles", "delivery");
        return settings;
    }

    /** Starts a delivery with {@link #settings}. */
    Delivery deliver(String instance, Map<String, String> overrides) {
        Map<String, String> settings = settings(overrides);
        var config = new AbstractConfig(Settings.definition(), settings, false);
        Map<String, Object> kafka = new HashMap<>(clients);
        kafka.put("bootstrap.servers", bootstrap);
        DeliverySettings parsed = DeliverySettings.from(config);
        CredytSettings credyt = CredytSettings.from(config);
        var delivery = new Delivery(
                parsed,
                new DeliveryConnections(topics, kafka, serde, instance),
                new WatchedSink(
                        new HttpEventSink(
                                credyt,
                                ApiKeys.open(credyt.apiKey(), System::nanoTime),
                                parsed.inFlight().max()),
                        sightings),
                new SimpleMeterRegistry());
        delivery.start();
        running.add(delivery);
        return delivery;
    }

    Delivery deliver() {
        return deliver("one", Map.of());
    }

    void stop(Delivery delivery) {
        stop(delivery, Duration.ofSeconds(20));
    }

    void stop(Delivery delivery, Duration within) {
        delivery.close(within);
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

    /** The event that was published as these bytes. */
    UsageEvent published(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.duplicate().get(bytes);
        return publishedEvents.deserialize(topics.events(), bytes);
    }

    WatchedSink.Sightings sightings() {
        return sightings;
    }

    /** The newest of each partition. */
    Collection<LedgerEntry> ledgerEntries() {
        Map<String, LedgerEntry> newest = new LinkedHashMap<>();
        read(topics.ledger(), LedgerEntry.class).stream()
                // A forwarder reads the broker's clock from the time of a tombstone.
                .filter(entry -> entry.value() != null)
                .forEach(entry -> newest.put(entry.key(), entry.value()));
        return newest.values();
    }

    /** The newest counters of all partitions, added up. */
    Map<String, Long> ledger() {
        Map<String, Long> sum = new TreeMap<>();
        ledgerEntries().forEach(entry -> entry.getCounters().forEach((key, count) -> sum.merge(key, count, Long::sum)));
        return sum;
    }

    /** These and no others were admitted, and {@link SettledOnce} holds. */
    void assertSettled(Set<String> delivered, Set<String> dead) {
        Set<String> all = new HashSet<>(delivered);
        all.addAll(dead);
        SettledOnce.assertSame("admitted", admitted.keySet(), all);
        new SettledOnce(this).check(dead);
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

    /** All committed records so far. Tests ask again and again: what was read before is not read again. */
    private synchronized <T extends SpecificRecord> List<Read<T>> read(String topic, Class<T> type) {
        Deserializer<T> deserializer = AvroSerdes.valueDeserializer(serde, type);
        List<Read<?>> all = seen.computeIfAbsent(topic, any -> new ArrayList<>());
        Set<TopicPartition> partitions = partitions(eyes, topic);
        Map<TopicPartition, Long> ends = eyes.endOffsets(partitions);
        eyes.assign(partitions);
        partitions.forEach(partition -> eyes.seek(partition, unseen.getOrDefault(partition, 0L)));
        while (partitions.stream().anyMatch(partition -> eyes.position(partition) < ends.get(partition))) {
            for (ConsumerRecord<byte[], byte[]> record : eyes.poll(Duration.ofMillis(50))) {
                all.add(new Read<>(
                        new String(record.key(), StandardCharsets.UTF_8),
                        record.value() == null
                                ? null
                                : deserializer.deserialize(topic, record.headers(), record.value())));
                unseen.put(new TopicPartition(topic, record.partition()), record.offset() + 1);
            }
        }
        partitions.forEach(partition -> unseen.put(partition, eyes.position(partition)));
        return all.stream()
                .map(record -> new Read<>(record.key(), type.cast(record.value())))
                .toList();
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

    @Override
    public void close() {
        List.copyOf(running).forEach(this::stop);
        admission.close(Duration.ofSeconds(2));
        eyes.close(CloseOptions.timeout(Duration.ofSeconds(2)));
        sandbox.close();
    }
}
