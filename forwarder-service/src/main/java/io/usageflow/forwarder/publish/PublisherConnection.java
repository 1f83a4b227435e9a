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

/** A publisher for a command, after a check that Kafka answers and the topic is there: a typing error is told at once. */
public final class PublisherConnection {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final Duration ROOM_WITHIN = Duration.ofMinutes(10);

    private PublisherConnection() {}

    /**
     * @param topic what is going to be written to
     * @throws io.usageflow.forwarder.kafka.ClusterUnreachableException if Kafka does not answer
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
                // A command has nothing better to do than to wait for room.
                .maxBlock(ROOM_WITHIN)
                .build();
    }

    /** Names the cluster whatever its brokers' addresses are; empty for one too old to tell. */
    public static String clusterId(Settings settings) {
        try (TopicAdmin admin = TopicAdmin.connect(settings.kafka(), ANSWER_WITHIN)) {
            return admin.clusterId();
        }
    }

    /** The publisher itself would wait for the registry as long as for Kafka, which is right for a service only. */
    private static void requireRegistry(Map<String, String> serde, String topic) {
        if (serde.containsKey("avro.serializer.class")) {
            // Somebody else's client, whose settings may not be ours.
            return;
        }
        Map<String, String> briefly = new HashMap<>(serde);
        briefly.put(RegistryClientSettings.MAX_RETRIES, "1");
        SchemaRegistries.connect(briefly).latest(topic + "-value");
    }
}
