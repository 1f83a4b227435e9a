package io.usageflow.benchmarks.load;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes slices, each in one transaction. Readers see the whole slice at {@link #release} and nothing before, so that
 * their speed is not the writer's. Not thread-safe.
 */
public final class SliceWriter implements AutoCloseable {
    /** Kafka's own maximum by default. */
    private static final Duration TRANSACTION_MAX = Duration.ofMinutes(15);

    private final KafkaProducer<byte[], byte[]> producer;

    public SliceWriter(String bootstrapServers) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "slices-" + UUID.randomUUID());
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION_MAX.toMillis());
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024);
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
    }

    /** Returns when all of the records are in Kafka, not yet to be seen. */
    public Slice write(long count, Supplier<ProducerRecord<byte[], byte[]>> records) {
        Map<TopicPartition, Slice.Part> parts = new ConcurrentHashMap<>();
        producer.beginTransaction();
        for (long i = 0; i < count; i++) {
            // A failure of a record fails the commit.
            var unused = producer.send(records.get(), (at, failure) -> {
                if (failure == null) {
                    parts.merge(
                            new TopicPartition(at.topic(), at.partition()),
                            Slice.Part.of(at.offset()),
                            (known, one) -> known.with(one.first()));
                }
            });
        }
        producer.flush();
        Slice slice = new Slice(count, parts);
        long placed = parts.values().stream()
                .mapToLong(part -> part.end() - part.first())
                .sum();
        if (placed != count) {
            throw new KafkaException("of " + count + " records " + placed + " were placed in " + parts.keySet());
        }
        return slice;
    }

    /** Shows the slice that was written last. */
    public void release() {
        producer.commitTransaction();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(10));
    }

    /**
     * Events in Kafka whose handling is measured. Immutable.
     *
     * @param events how many, repeats included
     * @param parts where they stand
     */
    public record Slice(long events, Map<TopicPartition, Part> parts) {
        public Slice {
            parts = Map.copyOf(parts);
        }

        /**
         * The records of one partition; nothing else stands between them.
         *
         * @param first offset of the first
         * @param end offset after the last
         */
        public record Part(long first, long end) {
            Part with(long offset) {
                return new Part(Math.min(first, offset), Math.max(end, offset + 1));
            }

            static Part of(long offset) {
                return new Part(offset, offset + 1);
            }
        }

        /** How many events lie before the committed offsets of a group. */
        public long handled(Map<TopicPartition, Long> committed) {
            long handled = 0;
            for (Map.Entry<TopicPartition, Part> entry : parts.entrySet()) {
                Part part = entry.getValue();
                long reached = committed.getOrDefault(entry.getKey(), 0L);
                handled += Math.max(0, Math.min(reached, part.end()) - part.first());
            }
            return handled;
        }
    }
}
