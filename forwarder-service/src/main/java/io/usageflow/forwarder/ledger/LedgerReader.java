package io.usageflow.forwarder.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.topics.TopicReader;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads the ledger topic from its beginning to the end it has when the reading starts: committed entries only, and of
 * each stage and partition the newest. Belongs to no group and leaves nothing behind. Thread-safe: each reading has a
 * consumer of its own.
 */
public final class LedgerReader {
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
        Map<String, byte[]> newest = new LinkedHashMap<>();
        new TopicReader(kafka)
                .read(topics.ledger(), atMost, entry -> newest.put(new String(entry.key(), UTF_8), entry.value()));
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
