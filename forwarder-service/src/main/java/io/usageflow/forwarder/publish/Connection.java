package io.usageflow.forwarder.publish;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.topics.TopicAdmin;
import io.usageflow.producer.UsagePublisher;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;

/** A publisher for a command, after a check that Kafka answers and the topic is there: a typing error is told at once. */
public final class Connection {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);
    private static final Duration ROOM_WITHIN = Duration.ofMinutes(10);

    private Connection() {}

    /**
     * @param topic what is going to be written to
     * @throws io.usageflow.forwarder.topics.ClusterUnreachableException if Kafka does not answer
     * @throws io.usageflow.forwarder.topics.TopicsNotReadyException if there is no such topic
     * @throws ConfigException if a setting does not suit a publisher
     */
    public static UsagePublisher open(Settings settings, String topic) {
        try (TopicAdmin admin = TopicAdmin.connect(settings.kafka(), ANSWER_WITHIN)) {
            admin.requireExisting(List.of(topic));
        }
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
}
