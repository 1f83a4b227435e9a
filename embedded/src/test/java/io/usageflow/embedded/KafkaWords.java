package io.usageflow.embedded;

import io.usageflow.schema.topic.Topics.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes and reads words on one topic of a broker. */
final class KafkaWords {
    static final TopicSpec TOPIC = new TopicSpec("words", 3, false, Map.of());

    private static final long LIMIT_SECONDS = 60;

    private KafkaWords() {}

    static KafkaProducer<String, String> producer(String bootstrapServers, Map<String, Object> more) {
        Map<String, Object> config = new java.util.HashMap<>(more);
        config.put("bootstrap.servers", bootstrapServers);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    static void write(String bootstrapServers, String... words) throws Exception {
        try (KafkaProducer<String, String> producer = producer(bootstrapServers, Map.of())) {
            for (String word : words) {
                producer.send(record(word)).get(LIMIT_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    static ProducerRecord<String, String> record(String word) {
        return new ProducerRecord<>(TOPIC.name(), word, word);
    }

    /** Everything that is committed now, to the ends as they are when it begins. */
    static List<String> readAll(String bootstrapServers) {
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (PartitionInfo info : consumer.partitionsFor(TOPIC.name(), Duration.ofSeconds(LIMIT_SECONDS))) {
                partitions.add(new TopicPartition(info.topic(), info.partition()));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, Duration.ofSeconds(LIMIT_SECONDS));
            List<String> words = new ArrayList<>();
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() > deadlineNanos) {
                    throw new AssertionError("the ends " + ends + " were not reached, only " + words + " was read");
                }
                consumer.poll(Duration.ofMillis(100)).forEach(record -> words.add(record.value()));
            }
            return words;
        }
    }
}
