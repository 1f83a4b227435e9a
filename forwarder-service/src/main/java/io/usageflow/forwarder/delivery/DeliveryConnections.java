package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.topic.Topics;
import java.util.Map;

/**
 * What delivery is connected to. Immutable.
 *
 * @param kafka of every Kafka client; {@code bootstrap.servers} at least
 * @param serde of the serializers; {@code schema.registry.url} at least
 * @param instanceId names this process among the instances of the same group. It is part of the transactional id: the
 *     same after a restart, so that what the old process left open is ended at once; never the same in two processes, since
 *     they would fence each other
 * @param bounds of the records that are read and written
 */
public record DeliveryConnections(
        Topics topics, Map<String, Object> kafka, Map<String, String> serde, String instanceId, RecordBounds bounds) {
    /** With the bounds that follow from the default settings. */
    public DeliveryConnections(Topics topics, Map<String, Object> kafka, Map<String, String> serde, String instanceId) {
        this(topics, kafka, serde, instanceId, RecordBounds.of(EventRules.EVENT_BYTES_MAX));
    }

    public DeliveryConnections {
        kafka = Map.copyOf(kafka);
        serde = Map.copyOf(serde);
        if (instanceId.isBlank()) {
            throw new IllegalArgumentException("delivery needs an instance id");
        }
    }

    /** Without values, which may be secrets. */
    @Override
    public String toString() {
        return "DeliveryConnections[" + topics + ", kafka=" + kafka.keySet() + ", instance=" + instanceId + "]";
    }
}
