package io.usageflow.forwarder.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.topics.AccountPartition;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** A broker with usageflow's topics, a registry that other processes reach too, and dead letters as the stages write them. */
public final class DeadLetterWorld implements AutoCloseable {
    public static final int PARTITIONS = 4;
    public static final Instant FAILED = Instant.parse("2026-11-23T10:00:00Z");

    private final Servers servers;
    private final Topics topics;
    private final Map<String, ?> serde;
    private final Serializer<SpecificRecord> serializer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicLong offsets = new AtomicLong();

    /** What takes long to start, and may serve many worlds one after the other. */
    public static final class Servers implements AutoCloseable {
        private final EmbeddedBroker broker =
                EmbeddedBroker.start(EmbeddedBrokerOptions.defaults().withSettings(settingsOfBroker()));
        private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);
        private final AtomicLong worlds = new AtomicLong();

        /** With topics of its own. */
        public DeadLetterWorld world() {
            return new DeadLetterWorld(this, new Topics("world" + worlds.incrementAndGet()));
        }

        @Override
        public void close() {
            registry.close();
            broker.close();
        }
    }

    private DeadLetterWorld(Servers servers, Topics topics) {
        this.servers = servers;
        this.topics = topics;
        this.serde = Map.of("schema.registry.url", servers.registry.url());
        this.serializer = AvroSerdes.valueSerializer(serde);
        TopicCreation.create(bootstrapServers(), topics.specs(PARTITIONS, Duration.ofDays(35)));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers(), "acks", "all", "linger.ms", 5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static Map<String, String> settingsOfBroker() {
        Map<String, String> settings = new HashMap<>(ImpatientKafka.BROKER);
        settings.put("group.initial.rebalance.delay.ms", "0");
        // Everything is allowed until somebody denies it.
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("allow.everyone.if.no.acl.found", "true");
        return settings;
    }

    public Topics topics() {
        return topics;
    }

    public String bootstrapServers() {
        return servers.broker.bootstrapServers();
    }

    public Settings settings() {
        return Settings.load(ConfigSources.none()
                .with("kafka.bootstrap.servers", bootstrapServers(), "test")
                .with("schema.registry.url", servers.registry.url(), "test")
                .with("topics.prefix", topics.prefix(), "test")
                .with("kafka.session.timeout.ms", "2000", "test")
                .with("kafka.heartbeat.interval.ms", "400", "test"));
    }

    /** A command line with the options by which it finds this world. */
    public String[] command(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--bootstrap-servers", bootstrapServers(), "--schema-registry", servers.registry.url()));
        if (all.stream().noneMatch(word -> word.startsWith("topics.prefix="))) {
            all.addAll(List.of("--set", "topics.prefix=" + topics.prefix()));
        }
        all.addAll(List.of("--set", "kafka.session.timeout.ms=2000", "--set", "kafka.heartbeat.interval.ms=400"));
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
        return serializer.serialize(topics.events(), event);
    }

    /** The draft of a dead letter of an event that was published by a good producer. */
    public DeadLetterDraft draft(DeadLetterReason reason, UsageEvent event) {
        return draft(reason, event.getAccountId(), published(event)).about(event);
    }

    /** The same of bytes that need not be an event. */
    public DeadLetterDraft draft(DeadLetterReason reason, String key, byte @Nullable [] value) {
        var source = new SourceCoordinates(
                topics.events(), AccountPartition.of(key, PARTITIONS), offsets.getAndIncrement(), FAILED, null);
        var headers = new RecordHeaders().add("traceparent", "00-aa-bb-01".getBytes(UTF_8));
        DeadLetterStage stage =
                reason.compareTo(DeadLetterReason.REJECTED) < 0 ? DeadLetterStage.ADMISSION : DeadLetterStage.DELIVERY;
        return DeadLetterDraft.of(
                new SourceRecord(source, key.getBytes(UTF_8), value, headers), stage, reason, "a test says so", FAILED);
    }

    /** The draft of a dead letter that a replayed record has become. */
    public DeadLetterDraft failedReplay(ConsumerRecord<byte[], byte[]> replay, DeadLetterReason reason) {
        var source = new SourceCoordinates(replay.topic(), replay.partition(), replay.offset(), FAILED, null);
        return DeadLetterDraft.of(
                new SourceRecord(source, replay.key(), replay.value(), replay.headers()),
                DeadLetterStage.DELIVERY,
                reason,
                "a test says so",
                FAILED);
    }

    /** Writes it where its source stood. */
    public DeadLetter bury(DeadLetterDraft draft) {
        DeadLetter letter = draft.toDeadLetter();
        send(
                topics.deadLetters(),
                draft.origin().source().getPartition(),
                draft.origin().key(),
                serializer.serialize(topics.deadLetters(), letter));
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
                            topics.deadLetters(),
                            draft.origin().source().getPartition(),
                            draft.origin().key(),
                            serializer.serialize(topics.deadLetters(), letter)),
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
                topics.deadLetterMarks(),
                null,
                mark.getDeadLetterId().getBytes(UTF_8),
                serializer.serialize(topics.deadLetterMarks(), mark));
    }

    public byte[] encoded(String topic, SpecificRecord value) {
        return serializer.serialize(topic, value);
    }

    /** How many records were written to a topic of one partition, committed or not, markers of transactions included. */
    public long written(String topic) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            var partition = new TopicPartition(topic, 0);
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (Exception failed) {
            throw new IllegalStateException(topic + " has no end", failed);
        }
    }

    /** Returns when nobody but somebody else may use it any more. */
    public void deny(ResourceType type, String name) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            var somebodyElse = new AccessControlEntry("User:other", "*", AclOperation.ALL, AclPermissionType.ALLOW);
            var binding = new AclBinding(new ResourcePattern(type, name, PatternType.LITERAL), somebodyElse);
            admin.createAcls(List.of(binding)).all().get();
            // The broker that is asked for its rules is the one that applies them.
            await().atMost(Duration.ofMinutes(3)).until(() -> !admin.describeAcls(binding.toFilter())
                    .values()
                    .get()
                    .isEmpty());
        } catch (Exception failed) {
            throw new IllegalStateException(name + " could not be denied", failed);
        }
    }

    /** As if admission had read the replays so far. */
    public void admissionHasRead(int partition, long offset) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            admin.alterConsumerGroupOffsets(
                            topics.prefix() + ".admission",
                            Map.of(new TopicPartition(topics.replays(), partition), new OffsetAndMetadata(offset)))
                    .all()
                    .get();
        } catch (Exception failed) {
            throw new IllegalStateException("offsets could not be set", failed);
        }
    }

    /** All committed records, copied. */
    public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        new TopicReader(Map.of("bootstrap.servers", bootstrapServers())).read(topic, records::add);
        return records;
    }

    public <T extends SpecificRecord> T decoded(String topic, Class<T> type, byte[] value) {
        try (Deserializer<T> deserializer = AvroSerdes.valueDeserializer(serde, type)) {
            return deserializer.deserialize(topic, value);
        }
    }

    /** Every mark there is, older ones of the same dead letter included. */
    public List<DeadLetterMark> marks() {
        return read(topics.deadLetterMarks()).stream()
                .map(record -> decoded(topics.deadLetterMarks(), DeadLetterMark.class, record.value()))
                .toList();
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
