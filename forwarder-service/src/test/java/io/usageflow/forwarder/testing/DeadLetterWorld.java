package io.usageflow.forwarder.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.Origin;
import io.usageflow.forwarder.topics.AccountPartition;
import io.usageflow.forwarder.topics.TopicReader;
import io.usageflow.schema.Cost;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** A broker with usageflow's topics, a registry that other processes reach too, and dead letters as the stages write them. */
public final class DeadLetterWorld implements AutoCloseable {
    public static final Topics TOPICS = Topics.withDefaultPrefix();
    public static final int PARTITIONS = 4;
    public static final Instant FAILED = Instant.parse("2026-11-23T10:00:00Z");

    private final EmbeddedBroker broker;
    private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);
    private final Map<String, ?> serde = Map.of("schema.registry.url", registry.url());
    private final Serializer<SpecificRecord> serializer = AvroSerdes.valueSerializer(serde);
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicLong offsets = new AtomicLong();

    public DeadLetterWorld() {
        broker = EmbeddedBroker.start(EmbeddedBrokerOptions.defaults().withSettings(ImpatientKafka.BROKER));
        TopicCreation.create(broker.bootstrapServers(), TOPICS.specs(PARTITIONS, Duration.ofDays(35)));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all", "linger.ms", 5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    public Settings settings() {
        return Settings.load(ConfigSources.none()
                .with("kafka.bootstrap.servers", broker.bootstrapServers(), "test")
                .with("schema.registry.url", registry.url(), "test"));
    }

    /** A command line with the options by which it finds this world. */
    public String[] command(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers(), "--schema-registry", registry.url()));
        return all.toArray(String[]::new);
    }

    public static UsageEvent event(String id, String account) {
        return UsageEvent.newBuilder()
                .setId(id)
                .setEventType("image_generated")
                .setOccurredAt(Instant.parse("2026-11-23T09:59:00.123456Z"))
                .setAccountId(account)
                .setData(Map.of("model", "m-1", "images", 3L))
                .setCosts(List.of(Cost.newBuilder()
                        .setVendor("openai")
                        .setAmount(new BigDecimal("0.016100000000000000"))
                        .setCurrency("USD")
                        .build()))
                .build();
    }

    /** As {@code usage.events} holds it. */
    public byte[] published(UsageEvent event) {
        return serializer.serialize(TOPICS.events(), event);
    }

    /** The draft of a dead letter of an event that was published by a good producer. */
    public DeadLetterDraft draft(DeadLetterReason reason, UsageEvent event) {
        return draft(reason, event.getAccountId(), published(event)).about(event);
    }

    /** The same of bytes that need not be an event. */
    public DeadLetterDraft draft(DeadLetterReason reason, String key, byte @Nullable [] value) {
        var source = new SourceCoordinates(
                TOPICS.events(), AccountPartition.of(key, PARTITIONS), offsets.getAndIncrement(), FAILED);
        var headers = new RecordHeaders().add("traceparent", "00-aa-bb-01".getBytes(UTF_8));
        DeadLetterStage stage =
                reason.compareTo(DeadLetterReason.REJECTED) < 0 ? DeadLetterStage.ADMISSION : DeadLetterStage.DELIVERY;
        return DeadLetterDraft.of(
                new Origin(source, key.getBytes(UTF_8), value, headers), stage, reason, "a test says so", FAILED);
    }

    /** Writes it where its source stood. */
    public DeadLetter bury(DeadLetterDraft draft) {
        DeadLetter letter = draft.toDeadLetter();
        send(
                TOPICS.deadLetters(),
                draft.origin().source().getPartition(),
                draft.origin().key(),
                serializer.serialize(TOPICS.deadLetters(), letter));
        producer.flush();
        return letter;
    }

    /** Many, of one reason, of accounts {@code acct-0} to {@code acct-(n-1)}. */
    public List<DeadLetter> bury(int count, DeadLetterReason reason, int accounts) {
        List<DeadLetter> letters = new ArrayList<>(count);
        ConcurrentLinkedQueue<Exception> failures = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < count; i++) {
            DeadLetterDraft draft = draft(reason, event("evt-" + i, "acct-" + i % accounts));
            DeadLetter letter = draft.toDeadLetter();
            letters.add(letter);
            producer.send(
                    new ProducerRecord<>(
                            TOPICS.deadLetters(),
                            draft.origin().source().getPartition(),
                            draft.origin().key(),
                            serializer.serialize(TOPICS.deadLetters(), letter)),
                    (done, failure) -> {
                        if (failure != null) {
                            failures.add(failure);
                        }
                    });
        }
        producer.flush();
        if (!failures.isEmpty()) {
            throw new IllegalStateException("dead letters could not be written", failures.peek());
        }
        return letters;
    }

    /** Anything, anywhere. */
    public void send(String topic, @Nullable Integer partition, byte @Nullable [] key, byte @Nullable [] value) {
        try {
            producer.send(new ProducerRecord<>(topic, partition, key, value)).get();
        } catch (Exception failed) {
            throw new IllegalStateException(topic + " could not be written", failed);
        }
    }

    public void mark(DeadLetterMark mark) {
        send(
                TOPICS.deadLetterMarks(),
                null,
                mark.getDeadLetterId().getBytes(UTF_8),
                serializer.serialize(TOPICS.deadLetterMarks(), mark));
    }

    public byte[] encoded(String topic, SpecificRecord value) {
        return serializer.serialize(topic, value);
    }

    /** All committed records, copied. */
    public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        new TopicReader(Map.of("bootstrap.servers", broker.bootstrapServers())).read(topic, records::add);
        return records;
    }

    public <T extends SpecificRecord> T decoded(String topic, Class<T> type, byte[] value) {
        try (Deserializer<T> deserializer = AvroSerdes.valueDeserializer(serde, type)) {
            return deserializer.deserialize(topic, value);
        }
    }

    /** Every mark there is, older ones of the same dead letter included. */
    public List<DeadLetterMark> marks() {
        return read(TOPICS.deadLetterMarks()).stream()
                .map(record -> decoded(TOPICS.deadLetterMarks(), DeadLetterMark.class, record.value()))
                .toList();
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        registry.close();
        broker.close();
    }
}
