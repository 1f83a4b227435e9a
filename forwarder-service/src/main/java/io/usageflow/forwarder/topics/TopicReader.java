package io.usageflow.forwarder.topics;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what a topic holds at the moment: from its beginning to the end it had when reading began, committed records
 * only, one at a time, so that memory stays bounded however long the topic is. Without a consumer group. Not thread-safe.
 */
public final class TopicReader {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Object> consumerSettings;

    /** @param kafkaSettings how to reach the brokers; deserializers, isolation and group are set here */
    public TopicReader(Map<String, ?> kafkaSettings) {
        consumerSettings = new HashMap<>(kafkaSettings);
        consumerSettings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        consumerSettings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        consumerSettings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        consumerSettings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    }

    /** Hands every committed record to the visitor, in order within each partition. */
    public void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        try (var consumer =
                new KafkaConsumer<>(consumerSettings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            // With read_committed the end is the last stable offset: an open transaction is not waited for.
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!atEnd(consumer, ends)) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    if (record.offset() < endOf(ends, record)) {
                        visitor.accept(record);
                    }
                }
            }
        }
    }

    private static long endOf(Map<TopicPartition, Long> ends, ConsumerRecord<?, ?> record) {
        return ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
    }

    private static boolean atEnd(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
