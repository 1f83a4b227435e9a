package io.usageflow.forwarder.ledger;

import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.serde.AvroSerdes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads the ledger's topic once from its beginning, and from then on what is new. Belongs to no group. Not thread-safe;
 * close it, also after an exception, and begin with another.
 */
final class LedgerFollower implements AutoCloseable {
    private final PartitionReader reader;
    private final Deserializer<LedgerEntry> deserializer;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private LedgerEntries books;
    private List<LedgerEntry> before = List.of();

    /**
     * The books at one moment.
     *
     * @param balance by {@link LedgerBalance#inFlow}
     * @param inFlight admitted, and not settled by delivery
     * @param reconciled the last result of each check
     */
    record Reading(LedgerBalance balance, long inFlight, List<ReconcileEntry> reconciled) {}

    LedgerFollower(String topic, Map<String, ?> kafka, Map<String, ?> registry) {
        deserializer = AvroSerdes.ownValueDeserializer(registry, LedgerEntry.class);
        books = emptyBooks();
        reader = new PartitionReader(kafka, topic);
    }

    /**
     * Reads to the end that the topic has now.
     *
     * @throws KafkaException if Kafka or the registry is away
     */
    Reading read() {
        Map<TopicPartition, Long> ends = reader.ends();
        if (positions.entrySet().stream()
                .anyMatch(position -> ends.getOrDefault(position.getKey(), 0L) < position.getValue())) {
            // The topic was made again.
            positions.clear();
            books = emptyBooks();
            before = List.of();
        }
        ends.keySet().forEach(partition -> positions.putIfAbsent(partition, 0L));
        reader.read(Map.copyOf(positions), record -> {
            books.take(record);
            positions.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
            return true;
        });
        // Behind the last record there may be transaction markers, which are no records.
        ends.forEach((partition, end) -> positions.merge(partition, end, Math::max));
        List<LedgerEntry> now = books.entries();
        var reading = new Reading(
                LedgerBalance.inFlow(now, before, books.unreadable()),
                LedgerBalance.of(now).inFlight(),
                ReconcileEntry.among(now));
        before = now;
        return reading;
    }

    private LedgerEntries emptyBooks() {
        return new LedgerEntries(deserializer, ConcurrentHashMap.newKeySet());
    }

    @Override
    public void close() {
        try (deserializer) {
            reader.close();
        }
    }
}
