package io.usageflow.forwarder.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.admission.check.AccountPartitioner;
import io.usageflow.forwarder.admission.streams.AdmissionContext;
import io.usageflow.forwarder.kafka.TopicReader;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** A real broker with usageflow's topics, and hands to publish and read with. */
public final class AdmissionCluster implements AutoCloseable {
    public static final Topics TOPICS = Topics.withDefaultPrefix();
    static final int PARTITIONS = 4;

    private static final long ASK_SECONDS = 120;

    private final Optional<EmbeddedBroker> broker;
    private final String bootstrapServers;
    public final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    public final AccountPartitioner home = new AccountPartitioner(PARTITIONS);
    private final Map<String, ?> registry;
    private final Serializer<SpecificRecord> serializer;
    private final Map<Class<?>, Deserializer<?>> deserializers = new ConcurrentHashMap<>();
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ConcurrentLinkedQueue<Exception> sendFailures = new ConcurrentLinkedQueue<>();

    public AdmissionCluster(String registryUrl) {
        this(registryUrl, EmbeddedBrokerOptions.defaults());
    }

    AdmissionCluster(String registryUrl, EmbeddedBrokerOptions options) {
        this(registryUrl, Optional.of(EmbeddedBroker.start(options)), "");
    }

    /** On brokers of the caller's. */
    AdmissionCluster(String registryUrl, String bootstrapServers) {
        this(registryUrl, Optional.empty(), bootstrapServers);
    }

    private AdmissionCluster(String registryUrl, Optional<EmbeddedBroker> broker, String otherwise) {
        this.broker = broker;
        this.bootstrapServers = broker.map(EmbeddedBroker::bootstrapServers).orElse(otherwise);
        this.registry = Map.of("schema.registry.url", registryUrl);
        this.serializer = AvroSerdes.valueSerializer(registry);
        TopicCreation.create(bootstrapServers, TOPICS.specs(PARTITIONS, Duration.ofDays(35)));
        this.admin = Admin.create(kafka());
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    public Admission admission(Path stateDir, String... settings) {
        return admission(meters, stateDir, settings);
    }

    public Admission admission(MeterRegistry into, Path stateDir, String... settings) {
        return admission(into, stateDir, Map.of(), settings);
    }

    /** @param streams settings of Kafka Streams */
    Admission admission(MeterRegistry into, Path stateDir, Map<String, ?> streams, String... settings) {
        return new Admission(
                AdmissionDriver.settings(settings),
                new AdmissionContext(TOPICS, kafka(), streams, registry, stateDir),
                into);
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", bootstrapServers);
    }

    public LedgerReader ledger() {
        return new LedgerReader(TOPICS, kafka(), registry);
    }

    /** Where the Java producer would put it. */
    public void publish(UsageEvent event) {
        publish(event, home.of(event.getAccountId()));
    }

    void publish(UsageEvent event, int partition) {
        send(TOPICS.events(), partition, event.getAccountId(), encode(TOPICS.events(), event));
    }

    void publishRaw(int partition, String key, byte[] value) {
        send(TOPICS.events(), partition, key, value);
    }

    public void link(String account) {
        CustomerLink link = new CustomerLink(account, AdmissionDriver.reference("cust-" + account), Instant.now());
        send(TOPICS.customerLinks(), home.of(account), account, encode(TOPICS.customerLinks(), link));
    }

    void linkRaw(String account, byte[] link) {
        send(TOPICS.customerLinks(), home.of(account), account, link);
    }

    void linkVendor(String vendor) {
        VendorLink link = new VendorLink(vendor, AdmissionDriver.reference("vendor-" + vendor), Instant.now());
        send(TOPICS.vendorLinks(), 0, vendor, encode(TOPICS.vendorLinks(), link));
    }

    public void flush() {
        producer.flush();
        if (!sendFailures.isEmpty()) {
            throw new AssertionError("could not publish", sendFailures.peek());
        }
    }

    /** All committed records of a topic, in the order of each partition. */
    public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        read(topic, records::add);
        return records;
    }

    /** As {@link #read(String)}, one at a time. */
    void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        new TopicReader(kafka()).read(topic, visitor);
    }

    /** Offsets in use up to the last stable one: more than there are records, and growing where those do. */
    long size(String topic) {
        return sizes(topic).stream().mapToLong(size -> size).sum();
    }

    /** As {@link #size}, of each partition. */
    List<Long> sizes(String topic) {
        Map<TopicPartition, OffsetSpec> latest = new TreeMap<>(Comparator.comparing(TopicPartition::partition));
        describe(topic)
                .partitions()
                .forEach(
                        partition -> latest.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> found =
                answer(admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all());
        return latest.keySet().stream()
                .map(partition -> found.get(partition).offset())
                .toList();
    }

    TopicDescription describe(String topic) {
        return Objects.requireNonNull(
                answer(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic));
    }

    Admin admin() {
        return admin;
    }

    public <T extends SpecificRecord> T decode(ConsumerRecord<byte[], byte[]> record, Class<T> type) {
        return decode(record.topic(), record.value(), type);
    }

    <T extends SpecificRecord> T decode(String topic, byte[] value, Class<T> type) {
        return type.cast(deserializers
                .computeIfAbsent(type, any -> AvroSerdes.valueDeserializer(registry, type))
                .deserialize(topic, value));
    }

    byte[] encode(String topic, SpecificRecord record) {
        return serializer.serialize(topic, record);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        admin.close(Duration.ofSeconds(5));
        broker.ifPresent(EmbeddedBroker::close);
    }

    private static <T> T answer(KafkaFuture<T> asked) {
        try {
            return asked.get(ASK_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failed) {
            throw new IllegalStateException("the broker did not answer", failed);
        }
    }

    private void send(String topic, int partition, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, partition, key.getBytes(UTF_8), value), (metadata, failure) -> {
            if (failure != null) {
                sendFailures.add(failure);
            }
        });
    }
}
