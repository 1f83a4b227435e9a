package io.usageflow.forwarder.publish;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.topics.TopicAdmin;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.schema.registry.client.SchemaRegistries;
import io.usageflow.schema.registry.http.RegistryClientSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;

/**
 * Opens a publisher for a command, after a check that Kafka, the topic and the registry answer, so that a wrong setting
 * is reported at once.
 */
public final class PublisherConnection {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final Duration ROOM_WITHIN = Duration.ofMinutes(10);

    private PublisherConnection() {}

    /**
     * Opens a publisher.
     *
     * @param topic that will be written
     * @throws io.usageflow.forwarder.kafka.KafkaClients.ClusterUnreachableException if Kafka does not answer
     * @throws io.usageflow.forwarder.kafka.TopicsNotReadyException if there is no such topic
     * @throws io.usageflow.schema.registry.RegistryUnavailableException if the schema registry does not answer
     * @throws ConfigException if a setting does not suit a publisher
     */
    public static UsagePublisher open(Settings settings, String topic) {
        try (TopicAdmin admin = TopicAdmin.connect(settings.kafka(), ANSWER_WITHIN)) {
            admin.requireExisting(List.of(topic));
        }
        requireRegistry(settings.registry().serde(), topic);
        Map<String, Object> all = new HashMap<>(settings.kafka().client());
        all.putAll(settings.registry().serde());
        return UsagePublisher.builder()
                .set(all)
                .topicsPrefix(settings.topics().names().prefix())
                .serviceName("usageflow-cli")
                // A command can wait for room in the buffer.
                .maxBlock(ROOM_WITHIN)
                .build();
    }

    /** Returns the cluster's id, which does not depend on its brokers' addresses; empty for a cluster without one. */
    public static String clusterId(Settings settings) {
        try (TopicAdmin admin = TopicAdmin.connect(settings.kafka(), ANSWER_WITHIN)) {
            return admin.clusterId();
        }
    }

    /** The publisher itself would wait for the registry as long as for Kafka, which suits a service only. */
    private static void requireRegistry(Map<String, String> serde, String topic) {
        if (serde.containsKey("avro.serializer.class")) {
            // The user's own serializer may have other settings.
            return;
        }
        Map<String, String> briefly = new HashMap<>(serde);
        briefly.put(RegistryClientSettings.MAX_RETRIES, "1");
        SchemaRegistries.connect(briefly).latest(topic + "-value");
    }
}
