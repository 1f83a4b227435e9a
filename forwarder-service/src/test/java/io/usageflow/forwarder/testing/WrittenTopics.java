package io.usageflow.forwarder.testing;

import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Topics of a test's own, in which it writes what the stages would: to test those who only read. Not thread-safe. */
public final class WrittenTopics implements AutoCloseable {
    public static final int PARTITIONS = 3;

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final String bootstrapServers;
    private final Topics topics = new Topics("written" + NUMBERS.incrementAndGet());
    private final String registry;
    private final Serializer<SpecificRecord> serializer;
    private final KafkaProducer<byte[], byte[]> producer;

    public WrittenTopics(String bootstrapServers) {
        this(bootstrapServers, "mock://written");
    }

    /** @param registry one that other processes can reach, where there are any */
    public WrittenTopics(String bootstrapServers, String registry) {
        this(Map.of("bootstrap.servers", bootstrapServers), registry);
    }

    /** @param client settings of the clients that create and write the topics */
    public WrittenTopics(Map<String, String> client, String registry) {
        this.bootstrapServers = client.get("bootstrap.servers");
        this.registry = registry;
        serializer =
                AvroSerdes.valueSerializer(Map.of("schema.registry.url", registry, "auto.register.schemas", "true"));
        try (Admin admin = Admin.create(Map.copyOf(client))) {
            TopicCreation.create(admin, topics.specs(PARTITIONS, Duration.ofDays(35)));
        }
        Map<String, Object> writer = new HashMap<>(client);
        writer.put("linger.ms", 5);
        writer.put("batch.size", 256 * 1024);
        producer = new KafkaProducer<>(writer, new ByteArraySerializer(), new ByteArraySerializer());
    }

    public Topics names() {
        return topics;
    }

    /** For a command to find them. */
    public List<String> options() {
        return List.of(
                "--bootstrap-servers",
                bootstrapServers,
                "--schema-registry",
                registry,
                "--set",
                "topics.prefix=" + topics.prefix());
    }

    /** The command's own arguments, then {@link #options}. */
    public String[] with(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(options());
        return all.toArray(new String[0]);
    }

    public Settings settings(Map<String, String> more) {
        return Settings.load(ConfigSources.none()
                .with(
                        Map.of(
                                "kafka.bootstrap.servers",
                                bootstrapServers,
                                "schema.registry.url",
                                registry,
                                "topics.prefix",
                                topics.prefix()),
                        "test")
                .with(more, "test"));
    }

    public byte[] bytes(String topic, SpecificRecord value) {
        return serializer.serialize(topic, value);
    }

    /** Under the partition of its key. */
    public RecordMetadata write(String topic, String key, SpecificRecord value) {
        return ended(send(topic, key, bytes(topic, value), Map.of()));
    }

    public RecordMetadata write(String topic, String key, byte[] value, Map<String, String> headers) {
        return ended(send(topic, key, value, headers));
    }

    /** Without waiting, for many. */
    public Future<RecordMetadata> send(String topic, String key, byte @Nullable [] value, Map<String, String> headers) {
        var all = new RecordHeaders();
        headers.forEach((name, text) -> all.add(name, text.getBytes(StandardCharsets.UTF_8)));
        return producer.send(new ProducerRecord<>(topic, null, null, key.getBytes(StandardCharsets.UTF_8), value, all));
    }

    /** Returns when all that was sent is written. */
    public void flush() {
        producer.flush();
    }

    public static RecordMetadata ended(Future<RecordMetadata> sent) {
        try {
            return sent.get();
        } catch (InterruptedException | ExecutionException failed) {
            throw new IllegalStateException("not written", failed);
        }
    }

    @Override
    public void close() {
        producer.close();
        serializer.close();
    }
}
