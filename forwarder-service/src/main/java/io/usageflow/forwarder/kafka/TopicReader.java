package io.usageflow.forwarder.kafka;

import io.usageflow.forwarder.config.RecordBounds;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Reads what a topic holds at the moment: from its beginning to the end it had when reading began, committed records
 * only, one at a time, so that memory stays bounded however long the topic is. Without a consumer group. Not thread-safe.
 */
public final class TopicReader {
    /**
     * For readings whose length nobody can say, such as those that wait for something between two records: they end by
     * {@link #SILENCE_MAX}, where Kafka does not answer, and not by time.
     */
    public static final Duration AS_LONG_AS_IT_GOES_ON = Duration.ofDays(365);

    /** Without anything new for so long, the brokers count as gone. Also the longest wait for a single answer. */
    static final Duration SILENCE_MAX = Duration.ofSeconds(30);

    /** Beyond the largest event that the settings allow, and what a record may have besides. */
    static final RecordBounds READ_BOUNDS = new RecordBounds(10 * 1024 * 1024);
    /** Each may have several megabytes after decompression, whatever it has in the topic. */
    static final int POLL_RECORDS_MAX = 16;

    private static final Duration POLL = Duration.ofMillis(200);
    /** Longer than any topic should take whose reader did not say how long it may. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final Map<String, ?> kafka;

    /** @param kafka how to reach the brokers */
    public TopicReader(Map<String, ?> kafka) {
        this.kafka = kafka;
    }

    private KafkaConsumer<byte[], byte[]> open() {
        return KafkaClients.reader(
                kafka, Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS_MAX), READ_BOUNDS);
    }

    /**
     * Which part of a topic is read.
     *
     * @param partition the only one, or all where empty
     * @param from skips records that Kafka knows to be older, by the record's own time; later ones may still be
     */
    public record Part(OptionalInt partition, Optional<Instant> from) {
        /** The whole topic. */
        public static Part all() {
            return new Part(OptionalInt.empty(), Optional.empty());
        }

        public static Part of(int partition) {
            return new Part(OptionalInt.of(partition), Optional.empty());
        }

        public Part from(Optional<Instant> time) {
            return new Part(partition, time);
        }
    }

    /** Takes records one by one. */
    public interface Visitor {
        /** Returns whether the reading goes on. */
        boolean visit(ConsumerRecord<byte[], byte[]> record);
    }

    /** As {@link #read(String, Duration, Consumer)}, with an hour's patience. */
    public void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        read(topic, PATIENCE, visitor);
    }

    /** The whole topic: as {@link #read(String, Part, Duration, Visitor)}. */
    public void read(String topic, Duration atMost, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        read(topic, Part.all(), atMost, record -> {
            visitor.accept(record);
            return true;
        });
    }

    /**
     * Hands every committed record of the part to the visitor, in order within each partition, until it has enough.
     *
     * @throws TimeoutException where the end is not reached in time, or nothing new comes for half a minute
     * @throws KafkaException where Kafka refuses
     * @throws TopicsNotReadyException where the topic does not exist
     */
    public void read(String topic, Part part, Duration atMost, Visitor visitor) {
        long deadline = System.nanoTime() + atMost.toNanos();
        Duration answer = answerWithin(atMost);
        try (var consumer = open()) {
            List<TopicPartition> partitions = partitions(consumer, topic, answer).stream()
                    .filter(each ->
                            part.partition().isEmpty() || part.partition().getAsInt() == each.partition())
                    .toList();
            // With read_committed the end is the last stable offset: an open transaction is not waited for.
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, answer);
            consumer.assign(partitions);
            begin(consumer, partitions, ends, part.from(), answer);
            long heardNanos = System.nanoTime();
            while (!isAtEnd(consumer, ends, answer)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new TimeoutException(topic + " could not be read to its end within " + atMost);
                }
                if (System.nanoTime() - heardNanos > SILENCE_MAX.toNanos()) {
                    throw new TimeoutException("nothing new of " + topic + " came for " + SILENCE_MAX);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() < endOf(ends, record) && !visitor.visit(record)) {
                        return;
                    }
                    // After the visit, which may have taken its time.
                    heardNanos = System.nanoTime();
                }
            }
        }
    }

    /**
     * How many partitions a topic has.
     *
     * @throws KafkaException where Kafka refuses
     * @throws TopicsNotReadyException where the topic does not exist
     */
    public int partitionsOf(String topic) {
        try (var consumer = open()) {
            return partitions(consumer, topic, SILENCE_MAX).size();
        }
    }

    /**
     * How many offsets at the topic's front have no record any more, since retention deleted them; markers of transactions are
     * among them.
     *
     * @throws KafkaException where Kafka refuses
     * @throws TopicsNotReadyException where the topic does not exist
     */
    public long expired(String topic) {
        try (var consumer = open()) {
            List<TopicPartition> partitions = partitions(consumer, topic, SILENCE_MAX);
            return consumer.beginningOffsets(partitions, SILENCE_MAX).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private static Duration answerWithin(Duration atMost) {
        return atMost.compareTo(SILENCE_MAX) < 0 ? atMost : SILENCE_MAX;
    }

    private static void begin(
            KafkaConsumer<?, ?> consumer,
            List<TopicPartition> partitions,
            Map<TopicPartition, Long> ends,
            Optional<Instant> from,
            Duration atMost) {
        if (from.isEmpty()) {
            consumer.seekToBeginning(partitions);
        } else {
            offsetsAt(consumer, ends, from.get(), atMost).forEach(consumer::seek);
        }
    }

    /** Of each partition the first offset whose record's own time is not before; the end where there is none. */
    static Map<TopicPartition, Long> offsetsAt(
            KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends, Instant time, Duration atMost) {
        Map<TopicPartition, Long> asked = new HashMap<>();
        ends.keySet().forEach(partition -> asked.put(partition, time.toEpochMilli()));
        Map<TopicPartition, Long> offsets = new HashMap<>(ends);
        consumer.offsetsForTimes(asked, atMost).forEach((partition, found) -> {
            if (found != null) {
                offsets.put(partition, found.offset());
            }
        });
        return offsets;
    }

    /**
     * The partitions, in order.
     *
     * @throws TopicsNotReadyException where the topic does not exist
     */
    static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic, Duration atMost) {
        List<PartitionInfo> infos = consumer.partitionsFor(topic, atMost);
        if (infos == null || infos.isEmpty()) {
            throw new TopicsNotReadyException(List.of(topic + " does not exist: 'usageflow topics apply' creates it"));
        }
        return infos.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .sorted(Comparator.comparingInt(TopicPartition::partition))
                .toList();
    }

    private static long endOf(Map<TopicPartition, Long> ends, ConsumerRecord<?, ?> record) {
        return ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
    }

    /** By position and not by records, since markers of transactions are offsets without records. */
    private static boolean isAtEnd(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends, Duration atMost) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey(), atMost) >= end.getValue());
    }
}
