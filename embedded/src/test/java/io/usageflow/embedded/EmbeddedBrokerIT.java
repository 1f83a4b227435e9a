package io.usageflow.embedded;

import io.usageflow.schema.topic.TopicSpec;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class EmbeddedBrokerIT {
    private static final TopicSpec TOPIC = new TopicSpec("words", 3, false, Map.of());

    @Test
    void shouldCarryRecords() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            TopicCreation.create(broker.bootstrapServers(), List.of(TOPIC));

            try (var producer = new KafkaProducer<>(
                    Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                    new StringSerializer(),
                    new StringSerializer())) {
                producer.send(new ProducerRecord<>("words", "a", "b")).get();
            }
        }
    }
}
