package io.usageflow.forwarder.ledger;

import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Looks how old the events in flight are. Belongs to no group and leaves nothing behind. Thread-safe. */
public final class InFlightReader {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Map<String, Object> READING = Map.of(
            // Also what an open transaction holds back is in flight.
            ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 64 * 1024);

    private final Topics topics;
    private final Map<String, ?> kafka;
    private final LedgerReader ledger;
    private final Clock clock;

    public InFlightReader(Topics topics, Map<String, ?> kafka, LedgerReader ledger, Clock clock) {
        this.topics = topics;
        this.ledger = ledger;
        this.clock = clock;
        this.kafka = kafka;
    }

    /**
     * Of the partitions that have any, by the balance.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka refuses or does not answer
     */
    public InFlight read(LedgerBalance balance, Duration atMost) {
        Map<Integer, Long> events = balance.partitions().stream()
                .filter(partition -> partition.inFlight() > 0)
                .collect(Collectors.toMap(
                        LedgerBalance.PartitionBalance::partition, LedgerBalance.PartitionBalance::inFlight));
        if (events.isEmpty()) {
            return new InFlight(List.of());
        }
        Map<Integer, Long> settledTo = new HashMap<>();
        for (LedgerEntry entry : ledger.books(atMost).entries()) {
            if (entry.getStage().equals(LedgerBalance.DELIVERY) && entry.getNextOffset() != null) {
                settledTo.put(entry.getPartition(), entry.getNextOffset());
            }
        }
        try (var consumer = KafkaClients.reader(kafka, READING)) {
            Set<TopicPartition> partitions = events.keySet().stream()
                    .map(partition -> new TopicPartition(topics.deliverable(), partition))
                    .collect(Collectors.toSet());
            Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions, atMost);
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions, atMost);
            Map<TopicPartition, Long> from = new HashMap<>();
            partitions.forEach(partition -> from.put(
                    partition,
                    Math.max(first.getOrDefault(partition, 0L), settledTo.getOrDefault(partition.partition(), 0L))));
            Map<TopicPartition, Instant> oldest = firstRecords(consumer, from, end, atMost);
            List<InFlight.Partition> found = new ArrayList<>();
            for (TopicPartition partition : partitions) {
                found.add(new InFlight.Partition(
                        partition.partition(),
                        events.getOrDefault(partition.partition(), 0L),
                        Optional.ofNullable(oldest.get(partition)).map(time -> Duration.between(time, clock.instant())),
                        Math.max(
                                0,
                                first.getOrDefault(partition, 0L)
                                        - settledTo.getOrDefault(
                                                partition.partition(), first.getOrDefault(partition, 0L)))));
            }
            return InFlight.of(found);
        }
    }

    /** When the first record at or behind an offset was written. */
    private static Map<TopicPartition, Instant> firstRecords(
            KafkaConsumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> from,
            Map<TopicPartition, Long> end,
            Duration atMost) {
        Map<TopicPartition, Instant> found = new HashMap<>();
        Set<TopicPartition> wanted = new HashSet<>(from.keySet());
        long deadline = System.nanoTime() + atMost.toNanos();
        consumer.assign(wanted);
        from.forEach(consumer::seek);
        while (System.nanoTime() - deadline < 0) {
            wanted.removeIf(partition -> found.containsKey(partition)
                    || consumer.position(partition, atMost) >= end.getOrDefault(partition, 0L));
            if (wanted.isEmpty()) {
                return found;
            }
            consumer.assign(wanted);
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                found.putIfAbsent(
                        new TopicPartition(record.topic(), record.partition()),
                        Instant.ofEpochMilli(record.timestamp()));
            }
        }
        throw new org.apache.kafka.common.errors.TimeoutException(
                "the oldest events in flight could not be read within " + atMost);
    }
}
