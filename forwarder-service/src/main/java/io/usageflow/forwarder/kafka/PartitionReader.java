package io.usageflow.forwarder.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads partitions of a topic one after another, each from a given offset, one committed record at a time. The caller
 * may take any time between two records, and may resume at an offset. It joins no consumer group. The fetched records
 * in memory are bounded. Not thread-safe; close it.
 */
public final class PartitionReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    /** Bound of one request to the brokers, and of the wait for the next record. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int FETCHED_BYTES_MAX = 8 * 1024 * 1024;

    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private Iterator<ConsumerRecord<byte[], byte[]>> fetched = Collections.emptyIterator();
    /** A fetched record at or beyond the requested end; the next call may return it. */
    private @Nullable ConsumerRecord<byte[], byte[]> kept;

    private TopicPartition current;
    private long expired;

    /** @param kafka how to reach the brokers */
    public PartitionReader(Map<String, ?> kafka, String topic) {
        this.topic = topic;
        this.current = new TopicPartition(topic, 0);
        consumer = KafkaClients.reader(
                kafka,
                Map.of(
                        ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCHED_BYTES_MAX,
                        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCHED_BYTES_MAX,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG, TopicReader.POLL_RECORDS_MAX),
                TopicReader.READ_BOUNDS);
    }

    /**
     * Lists the partitions in order.
     *
     * @throws TopicsNotReadyException if the topic does not exist
     * @throws KafkaException if Kafka refuses or does not answer
     */
    public List<TopicPartition> partitions() {
        return TopicReader.partitions(consumer, topic, PATIENCE);
    }

    /** The first offset that Kafka still has of each partition. */
    public Map<TopicPartition, Long> beginnings() {
        return consumer.beginningOffsets(partitions(), PATIENCE);
    }

    /** The offset after the last committed record of each partition. */
    public Map<TopicPartition, Long> ends() {
        return consumer.endOffsets(partitions(), PATIENCE);
    }

    /** The first offset of each partition whose record has this time or a later one; the end if there is none. */
    public Map<TopicPartition, Long> offsetsAt(Instant time) {
        return TopicReader.offsetsAt(consumer, ends(), time, PATIENCE);
    }

    /**
     * Counts the offsets skipped so far because retention had deleted their records.
     */
    public long expired() {
        return expired;
    }

    /** Continues at the offset, or at the first record that retention has left, which {@link #expired} then counts. */
    public void seek(int partition, long offset) {
        TopicPartition wanted = new TopicPartition(topic, partition);
        if (!consumer.assignment().contains(wanted)) {
            consumer.assign(List.of(wanted));
        }
        consumer.seek(wanted, offset);
        current = wanted;
        fetched = Collections.emptyIterator();
        kept = null;
    }

    /**
     * Returns the next record below the end, or empty at the end.
     *
     * @throws TimeoutException if Kafka returns no record for a minute although there are more
     */
    public Optional<ConsumerRecord<byte[], byte[]>> next(long end) {
        ConsumerRecord<byte[], byte[]> record = kept;
        kept = null;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (record == null) {
            if (fetched.hasNext()) {
                record = fetched.next();
                // By position, not by records: transaction markers are offsets without records.
            } else if (consumer.position(current, PATIENCE) >= end) {
                return Optional.empty();
            } else if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException(current + " gave no record for " + PATIENCE.toSeconds() + " s");
            } else {
                fetched = poll();
            }
        }
        if (record.offset() >= end) {
            kept = record;
            return Optional.empty();
        }
        return Optional.of(record);
    }

    /**
     * Reads each partition from its offset to the end that it has now, until the visitor has enough.
     *
     * @param visitor returns whether the reading continues
     * @return whether all was read
     */
    public boolean read(Map<TopicPartition, Long> from, Predicate<ConsumerRecord<byte[], byte[]>> visitor) {
        Map<TopicPartition, Long> ends = ends();
        for (Map.Entry<TopicPartition, Long> first : from.entrySet()) {
            seek(first.getKey().partition(), first.getValue());
            long end = ends.getOrDefault(first.getKey(), 0L);
            for (var record = next(end); record.isPresent(); record = next(end)) {
                if (!visitor.test(record.get())) {
                    return false;
                }
            }
        }
        return true;
    }

    private Iterator<ConsumerRecord<byte[], byte[]>> poll() {
        try {
            return consumer.poll(POLL).records(current).iterator();
        } catch (OffsetOutOfRangeException gone) {
            long position = consumer.position(current, PATIENCE);
            long first = consumer.beginningOffsets(List.of(current), PATIENCE).getOrDefault(current, 0L);
            expired += Math.max(0, first - position);
            consumer.seek(current, first);
            return Collections.emptyIterator();
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
