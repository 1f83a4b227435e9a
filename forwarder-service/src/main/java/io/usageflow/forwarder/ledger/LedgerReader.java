package io.usageflow.forwarder.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads the ledger topic from its beginning to the end it has when the reading starts: committed entries only, and of
 * each stage and partition the newest. Belongs to no group and leaves nothing behind. Thread-safe: each reading has a
 * consumer of its own.
 */
public final class LedgerReader {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration READ_AGAIN_AFTER = Duration.ofMillis(500);

    private final Topics topics;
    private final Map<String, ?> kafka;
    private final Map<String, ?> registry;

    /**
     * @param kafka client settings, {@code bootstrap.servers} among them
     * @param registry as {@link AvroSerdes} takes it
     */
    public LedgerReader(Topics topics, Map<String, ?> kafka, Map<String, ?> registry) {
        this.topics = topics;
        this.kafka = Map.copyOf(kafka);
        this.registry = Map.copyOf(registry);
    }

    /**
     * The newest entry of each stage and partition.
     *
     * @throws TimeoutException where the end is not reached in time
     * @throws KafkaException where Kafka or the registry refuses, or an entry cannot be decoded
     */
    public List<LedgerEntry> read(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        Map<String, byte[]> newest = new LinkedHashMap<>();
        try (Consumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer, atMost);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, atMost);
            while (!isAtEnd(consumer, ends, atMost)) {
                if (System.nanoTime() > deadline) {
                    throw new TimeoutException(topics.ledger() + " could not be read to its end within " + atMost);
                }
                for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
                    newest.put(new String(entry.key(), UTF_8), entry.value());
                }
            }
        }
        return decoded(newest);
    }

    /**
     * The balance, read again while all that is found may be the reading's fault ({@link LedgerBalance#mayBeMoving}).
     *
     * @param atMost for all readings together
     */
    public LedgerBalance settled(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            LedgerBalance balance = LedgerBalance.of(read(left(deadline)));
            boolean lastReading = left(deadline).compareTo(READ_AGAIN_AFTER.multipliedBy(2)) < 0;
            if (balance.isBalanced() || !balance.mayBeMoving() || lastReading) {
                return balance;
            }
            Thread.sleep(READ_AGAIN_AFTER.toMillis());
        }
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    private Consumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer, Duration atMost) {
        var infos = consumer.partitionsFor(topics.ledger(), atMost);
        if (infos == null || infos.isEmpty()) {
            throw new KafkaException("topic " + topics.ledger() + " does not exist: run usageflow topics apply");
        }
        return infos.stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    /** By position and not by records, since markers of transactions are offsets without records. */
    private static boolean isAtEnd(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends, Duration atMost) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey(), atMost) >= end.getValue());
    }

    private List<LedgerEntry> decoded(Map<String, byte[]> newest) {
        List<LedgerEntry> entries = new ArrayList<>();
        try (Deserializer<LedgerEntry> deserializer = AvroSerdes.valueDeserializer(registry, LedgerEntry.class)) {
            newest.values().forEach(value -> {
                if (value != null) {
                    entries.add(deserializer.deserialize(topics.ledger(), value));
                }
            });
        }
        return entries;
    }
}
