package io.usageflow.compatibility;

import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads what stands in the events topic of a prefix, to its end, decoded. */
final class PublishedEvents {
    private PublishedEvents() {}

    static List<UsageEvent> of(Topics topics, String bootstrapServers, String registryUrl) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                Deserializer<UsageEvent> deserializer =
                        AvroSerdes.valueDeserializer(Map.of("schema.registry.url", registryUrl), UsageEvent.class)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topics.events()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<UsageEvent> events = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofSeconds(1))
                        .forEach(each -> events.add(deserializer.deserialize(each.topic(), each.value())));
            }
            return events;
        }
    }
}
