package io.usageflow.forwarder.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.ledger.LedgerReader;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** A real broker with usageflow's topics, and hands to publish and read with. */
final class AdmissionCluster implements AutoCloseable {
    static final Topics TOPICS = Topics.withDefaultPrefix();
    static final int PARTITIONS = 4;

    final EmbeddedBroker broker = EmbeddedBroker.start();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final HomePartition home = new HomePartition(PARTITIONS);
    private final Map<String, ?> registry;
    private final Serializer<SpecificRecord> serializer;
    private final Map<Class<?>, Deserializer<? extends SpecificRecord>> deserializers = new ConcurrentHashMap<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final ConcurrentLinkedQueue<Exception> sendFailures = new ConcurrentLinkedQueue<>();

    AdmissionCluster(String registryUrl) {
        this.registry = Map.of("schema.registry.url", registryUrl);
        this.serializer = AvroSerdes.valueSerializer(registry);
        TopicCreation.create(broker.bootstrapServers(), TOPICS.specs(PARTITIONS, Duration.ofDays(35)));
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all", "linger.ms", 5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    Admission admission(Path stateDir, String... settings) {
        return admission(meters, stateDir, settings);
    }

    Admission admission(MeterRegistry into, Path stateDir, String... settings) {
        return admission(into, stateDir, Map.of(), settings);
    }

    /** @param streams settings of Kafka Streams */
    Admission admission(MeterRegistry into, Path stateDir, Map<String, ?> streams, String... settings) {
        return new Admission(
                AdmissionDriver.settings(settings),
                new Admission.Surroundings(TOPICS, kafka(), streams, registry, stateDir),
                into);
    }

    Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    LedgerReader ledger() {
        return new LedgerReader(TOPICS, kafka(), registry);
    }

    /** Where the Java producer would put it. */
    void publish(UsageEvent event) {
        publish(event, home.of(event.getAccountId()));
    }

    void publish(UsageEvent event, int partition) {
        send(TOPICS.events(), partition, event.getAccountId(), encode(TOPICS.events(), event));
    }

    void publishRaw(int partition, byte[] value) {
        send(TOPICS.events(), partition, "poison", value);
    }

    void link(String account) {
        CustomerLink link = new CustomerLink(account, AdmissionDriver.reference("cust-" + account), Instant.now());
        send(TOPICS.customerLinks(), home.of(account), account, encode(TOPICS.customerLinks(), link));
    }

    void linkVendor(String vendor) {
        VendorLink link = new VendorLink(vendor, AdmissionDriver.reference("vendor-" + vendor), Instant.now());
        send(TOPICS.vendorLinks(), 0, vendor, encode(TOPICS.vendorLinks(), link));
    }

    void flush() {
        producer.flush();
        if (!sendFailures.isEmpty()) {
            throw new AssertionError("could not publish", sendFailures.peek());
        }
    }

    /** All committed records of a topic, in the order of each partition. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    <T extends SpecificRecord> T decode(ConsumerRecord<byte[], byte[]> record, Class<T> type) {
        Deserializer<?> deserializer =
                deserializers.computeIfAbsent(type, missing -> AvroSerdes.valueDeserializer(registry, type));
        return type.cast(deserializer.deserialize(record.topic(), record.value()));
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        broker.close();
    }

    private byte[] encode(String topic, SpecificRecord record) {
        return serializer.serialize(topic, record);
    }

    private void send(String topic, int partition, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, partition, key.getBytes(UTF_8), value), (metadata, failure) -> {
            if (failure != null) {
                sendFailures.add(failure);
            }
        });
    }
}
