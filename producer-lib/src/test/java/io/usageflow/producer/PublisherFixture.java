package io.usageflow.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A broker for a test class, and topics of its own for each test. */
abstract class PublisherFixture {
    static final Duration LONG = Duration.ofSeconds(90);
    /** Nothing listens there. */
    static final String NOBODY = "127.0.0.1:1";

    private static final int PARTITIONS = 3;

    @AutoClose
    static EmbeddedBroker broker;

    final Topics topics = new Topics("it-" + UUID.randomUUID());
    final List<UsagePublisher> open = new ArrayList<>();

    abstract String registryUrl();

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start();
    }

    /**
     * Waits until every leader answers, also after an outage: a new producer that meets a partition before that can
     * send its second batch first, which Kafka accepts, and then refuses the first one until it expires.
     * So a new publisher that has events before the broker is back may have one request in flight only.
     */
    @BeforeEach
    void awaitTopics() {
        broker.resume();
        Set<String> used = Set.of(topics.events(), topics.customerLinks(), topics.vendorLinks(), topics.balances());
        // All of them would stay, and each outage would close and open them again.
        TopicCreation.create(
                broker.bootstrapServers(),
                topics.specs(PARTITIONS, Duration.ofDays(35)).stream()
                        .filter(spec -> used.contains(spec.name()))
                        .toList());
    }

    @AfterEach
    void closePublishers() {
        open.forEach(publisher -> publisher.close(Duration.ZERO));
    }

    UsagePublisher publisher(Map<String, ?> more) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", broker.bootstrapServers());
        settings.put("schema.registry.url", registryUrl());
        settings.put("topics.prefix", topics.prefix());
        settings.put("reconnect.backoff.max.ms", 200);
        settings.putAll(more);
        UsagePublisher publisher = UsagePublisher.create(settings);
        open.add(publisher);
        return publisher;
    }

    static UsageEvent event(String account) {
        return UsageEvent.of("message_completed").account(account);
    }

    <T extends SpecificRecord> T decoded(ConsumerRecord<byte[], byte[]> record, Class<T> type) {
        try (var deserializer = AvroSerdes.valueDeserializer(Map.of("schema.registry.url", registryUrl()), type)) {
            return deserializer.deserialize(record.topic(), record.value());
        }
    }

    /** The numbers under {@code n} of each account's events, in the order of the records. */
    Map<String, List<Long>> numbersByAccount(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, List<Long>> byAccount = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            byAccount
                    .computeIfAbsent(new String(record.key(), UTF_8), key -> new ArrayList<>())
                    .add((Long) decoded(record, io.usageflow.schema.UsageEvent.class)
                            .getData()
                            .get("n"));
        }
        return byAccount;
    }

    /** The whole topic, by partition and offset, once it has this many records. */
    static List<ConsumerRecord<byte[], byte[]>> read(String topic, int count) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList());
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            Awaitility.await().atMost(LONG).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return records.size() >= count;
            });
            assertThat(records).hasSize(count);
            return records;
        }
    }
}
