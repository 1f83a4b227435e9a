package io.usageflow.forwarder.delivery;

import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long Kafka keeps deliverable events: what waits longer for Credyt is lost. Asks the broker now and then, never waits
 * for it. One thread.
 */
final class TopicRetention implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicRetention.class);
    private static final Duration ASK_EVERY = Duration.ofMinutes(1);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final Function<ConfigResource, KafkaFuture<Config>> broker;
    private final Runnable disconnect;
    private final ConfigResource topic;
    private final DeliveryClock clock;
    private @Nullable KafkaFuture<Config> asked;
    private long askDueNanos;
    private Optional<Duration> known = Optional.empty();

    /** @param broker says how a topic is configured, some time later */
    TopicRetention(
            Function<ConfigResource, KafkaFuture<Config>> broker,
            Runnable disconnect,
            String topic,
            DeliveryClock clock) {
        this.broker = broker;
        this.disconnect = disconnect;
        this.topic = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        this.clock = clock;
        this.askDueNanos = clock.nanos();
    }

    static TopicRetention of(DeliveryConnections connections, DeliveryClock clock) {
        Map<String, Object> config = new HashMap<>(connections.kafka());
        config.put(AdminClientConfig.CLIENT_ID_CONFIG, "usageflow-delivery-" + connections.instanceId() + "-retention");
        Admin admin = Admin.create(config);
        return new TopicRetention(
                topic -> admin.describeConfigs(List.of(topic)).values().get(topic),
                () -> admin.close(CLOSE_WITHIN),
                connections.topics().deliverable(),
                clock);
    }

    /** As last heard; empty where nothing was heard yet, or where events are kept for ever. */
    Optional<Duration> current() {
        if (asked != null && asked.isDone()) {
            hear(asked);
            asked = null;
        }
        long now = clock.nanos();
        if (asked == null && now - askDueNanos >= 0) {
            askDueNanos = now + ASK_EVERY.toNanos();
            asked = broker.apply(topic);
        }
        return known;
    }

    private void hear(KafkaFuture<Config> answer) {
        answer.whenComplete((config, failed) -> {
            if (failed != null) {
                LOG.warn("event=retention_unknown topic={} why={}", topic.name(), VisibleText.logged(failed));
                return;
            }
            ConfigEntry entry = config.get(TopicConfig.RETENTION_MS_CONFIG);
            long millis = entry == null ? -1 : Long.parseLong(entry.value());
            known = millis < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
        });
    }

    @Override
    public void close() {
        disconnect.run();
    }
}
