package io.usageflow.benchmarks.load;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes slices into one topic, each in one transaction: its readers see nothing of it until {@link #release}, and then
 * all of it, so that their speed is not the writer's. Not thread-safe.
 */
public final class SliceWriter implements AutoCloseable {
    /** Kafka's own maximum by default. */
    private static final Duration TRANSACTION_MAX = Duration.ofMinutes(15);

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;

    public SliceWriter(String bootstrapServers, String topic) {
        this.topic = topic;
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

    /** Returns when all of them are in Kafka, not yet to be seen. */
    public Slice write(Feed feed, long events) {
        Map<TopicPartition, Slice.Part> parts = new ConcurrentHashMap<>();
        producer.beginTransaction();
        for (long i = 0; i < events; i++) {
            Feed.Event event = feed.next();
            producer.send(new ProducerRecord<>(topic, event.key(), event.value()), (at, failure) -> {
                // A failure fails the flush's successor, the commit.
                if (failure == null) {
                    parts.merge(
                            new TopicPartition(at.topic(), at.partition()),
                            Slice.Part.of(at.offset()),
                            (known, one) -> known.with(one.first()));
                }
            });
        }
        producer.flush();
        Slice slice = new Slice(events, parts);
        long placed = parts.values().stream()
                .mapToLong(part -> part.end() - part.first())
                .sum();
        if (placed != events) {
            throw new KafkaException("of " + events + " events " + placed + " were placed in " + topic);
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
}
