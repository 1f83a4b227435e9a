package io.usageflow.forwarder.ledger;

import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

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
     * The newest entry of each stage and partition, for a stage that relies on it.
     *
     * @throws TimeoutException where the end is not reached in time
     * @throws KafkaException where Kafka or the registry refuses, or the registry has lost an entry's schema
     */
    public List<LedgerEntry> read(Duration atMost) {
        LedgerEntries books = books(atMost);
        books.lost().ifPresent(lost -> {
            throw lost;
        });
        return books.entries();
    }

    /**
     * The last result of each check of a reconciliation.
     *
     * @throws TimeoutException where the end is not reached in time
     */
    public List<ReconcileEntry> reconciled(Duration atMost) {
        return ReconcileEntry.among(books(atMost).entries());
    }

    /** All that can be read; what cannot is among {@link LedgerEntries#unreadable}. */
    LedgerEntries books(Duration atMost) {
        try (Deserializer<LedgerEntry> deserializer = AvroSerdes.ownValueDeserializer(registry, LedgerEntry.class)) {
            var books = new LedgerEntries(deserializer, warned);
            new TopicReader(kafka)
                    .read(topics.ledger(), atMost, (Consumer<ConsumerRecord<byte[], byte[]>>) books::take);
            return books;
        }
    }

    /**
     * The balance, read again while all that is found may be the reading's fault ({@link LedgerBalance#mayBeMoving}).
     *
     * @param atMost for all readings together
     */
    public LedgerBalance settled(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            LedgerEntries books = books(left(deadline));
            LedgerBalance balance = LedgerBalance.of(books.entries(), books.unreadable());
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
}
