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
 * Reads the committed records of a topic, from its beginning to the end that it had when reading began. It hands them
 * over one at a time, so memory is bounded for a topic of any length. It joins no consumer group. Not thread-safe.
 */
public final class TopicReader {
    /**
     * For reads of unknown length, such as those that wait between two records. Such a read ends after {@link
     * #SILENCE_MAX} without an answer from Kafka, not after a total time.
     */
    public static final Duration AS_LONG_AS_IT_GOES_ON = Duration.ofDays(365);

    /** After this time without new records the brokers count as gone. Also the bound of a single answer. */
    static final Duration SILENCE_MAX = Duration.ofSeconds(30);

    /** More than the largest event that the settings allow, with the rest of its record. */
    static final RecordBounds READ_BOUNDS = new RecordBounds(10 * 1024 * 1024);
    /** Each record may have several megabytes after decompression. */
    static final int POLL_RECORDS_MAX = 16;

    private static final Duration POLL = Duration.ofMillis(200);
    /** The bound of a read whose caller gives none. */
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
     * @param from skips records that Kafka knows to be older, by the record's own time; some later records may still be
     */
    public record Part(OptionalInt partition, Optional<Instant> from) {
        /** The whole topic. */
        public static Part all() {
            return new Part(OptionalInt.empty(), Optional.empty());
        }

        public static Part of(int partition) {
            return new Part(OptionalInt.of(partition), Optional.empty());
        }
    }

    /** Takes records one by one. */
    public interface Visitor {
        /** Returns whether to continue reading. */
        boolean visit(ConsumerRecord<byte[], byte[]> record);
    }

    /** As {@link #read(String, Duration, Consumer)}, for at most an hour. */
    public void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        read(topic, PATIENCE, visitor);
    }

    /** Reads the whole topic: as {@link #read(String, Part, Duration, Visitor)}. */
    public void read(String topic, Duration atMost, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        read(topic, Part.all(), atMost, record -> {
            visitor.accept(record);
            return true;
        });
    }

    /**
     * Hands every committed record of the part to the visitor, in order within each partition, until it has enough.
     *
     * @throws TimeoutException if the end is not reached in time, or no new record comes for half a minute
     * @throws KafkaException if Kafka refuses
     * @throws TopicsNotReadyException if the topic does not exist
     */
    public void read(String topic, Part part, Duration atMost, Visitor visitor) {
        Duration answer = answerWithin(atMost);
        try (var consumer = open()) {
            List<TopicPartition> partitions = partitions(consumer, topic, part, answer);
            // With read_committed the end is the last stable offset: the read does not wait for open transactions.
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, answer);
            consumer.assign(partitions);
            begin(consumer, partitions, ends, part.from(), answer);
            drain(consumer, topic, ends, atMost, visitor);
        }
    }

    /**
     * As {@link #read(String, Part, Duration, Visitor)}, from these offsets on.
     *
     * @param offsets the next offset of each partition; one that is not named, or whose log ends before, is read whole
     */
    public void read(String topic, Map<Integer, Long> offsets, Duration atMost, Visitor visitor) {
        Duration answer = answerWithin(atMost);
        try (var consumer = open()) {
            List<TopicPartition> partitions = partitions(consumer, topic, answer);
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, answer);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, answer);
            consumer.assign(partitions);
            ends.forEach((partition, end) -> {
                long next = offsets.getOrDefault(partition.partition(), 0L);
                long begin = begins.getOrDefault(partition, 0L);
                consumer.seek(partition, next > end ? begin : Math.max(begin, next));
            });
            drain(consumer, topic, ends, atMost, visitor);
        }
    }

    /**
     * What {@link #readNewestFirst} did not read.
     *
     * @param left offsets of the part; transaction markers are among them
     * @param expired as {@link #expired}, of the part's partitions
     */
    public record Unread(long left, long expired) {}

    /**
     * Hands committed records of the part to the visitor in steps from the end to the beginning, each longer than the
     * one before. A step has records of all partitions; within it, they are in order within each partition.
     *
     * @throws TimeoutException if no new record comes for half a minute
     * @throws KafkaException if Kafka refuses
     * @throws TopicsNotReadyException if the topic does not exist
     */
    public Unread readNewestFirst(String topic, Part part, Visitor visitor) {
        try (var consumer = open()) {
            List<TopicPartition> partitions = partitions(consumer, topic, part, SILENCE_MAX);
            Map<TopicPartition, Long> firsts = consumer.beginningOffsets(partitions, SILENCE_MAX);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, SILENCE_MAX);
            Map<TopicPartition, Long> begins = part.from()
                    .map(from -> offsetsAt(consumer, ends, from, SILENCE_MAX))
                    .orElse(firsts);
            var steps = new NewestFirstSteps(begins, ends);
            long[] left = {steps.left()};
            boolean more = true;
            while (more && steps.left() > 0) {
                Map<TopicPartition, NewestFirstSteps.Range> step = steps.next();
                consumer.assign(step.keySet());
                Map<TopicPartition, Long> tos = new HashMap<>();
                step.forEach((partition, range) -> {
                    consumer.seek(partition, range.from());
                    tos.put(partition, range.to());
                });
                more = drain(consumer, topic, tos, AS_LONG_AS_IT_GOES_ON, record -> {
                    left[0]--;
                    return visitor.visit(record);
                });
            }
            return new Unread(
                    more ? 0 : left[0],
                    firsts.values().stream().mapToLong(Long::longValue).sum());
        }
    }

    /** Returns whether the visitor took all up to the ends. */
    private static boolean drain(
            KafkaConsumer<byte[], byte[]> consumer,
            String topic,
            Map<TopicPartition, Long> ends,
            Duration atMost,
            Visitor visitor) {
        Duration answer = answerWithin(atMost);
        long deadline = System.nanoTime() + atMost.toNanos();
        long heardNanos = System.nanoTime();
        while (!isAtEnd(consumer, ends, answer)) {
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException(topic + " could not be read to its end within " + atMost);
            }
            if (System.nanoTime() - heardNanos > SILENCE_MAX.toNanos()) {
                throw new TimeoutException("Kafka returned no new record of " + topic + " for " + SILENCE_MAX);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < endOf(ends, record) && !visitor.visit(record)) {
                    return false;
                }
                // After the visit, which may have taken long.
                heardNanos = System.nanoTime();
            }
        }
        return true;
    }

    /**
     * Counts the partitions of a topic.
     *
     * @throws KafkaException if Kafka refuses
     * @throws TopicsNotReadyException if the topic does not exist
     */
    public int partitionsOf(String topic) {
        try (var consumer = open()) {
            return partitions(consumer, topic, SILENCE_MAX).size();
        }
    }

    /**
     * Counts the offsets before the topic's first records, which retention deleted; transaction markers are among them.
     *
     * @throws KafkaException if Kafka refuses
     * @throws TopicsNotReadyException if the topic does not exist
     */
    public long expired(String topic) {
        try (var consumer = open()) {
            List<TopicPartition> partitions = partitions(consumer, topic, SILENCE_MAX);
            return consumer.beginningOffsets(partitions, SILENCE_MAX).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private static List<TopicPartition> partitions(
            KafkaConsumer<?, ?> consumer, String topic, Part part, Duration atMost) {
        return partitions(consumer, topic, atMost).stream()
                .filter(each -> part.partition().isEmpty() || part.partition().getAsInt() == each.partition())
                .toList();
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

    /** The first offset of each partition whose record has this time or a later one; the end if there is none. */
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
     * Lists the partitions in order.
     *
     * @throws TopicsNotReadyException if the topic does not exist
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

    /** By position, not by records: transaction markers are offsets without records. */
    private static boolean isAtEnd(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends, Duration atMost) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey(), atMost) >= end.getValue());
    }
}
