package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.topic.Topics;
import java.util.Map;

/**
 * Kafka, the registry and the identity of this instance. Immutable.
 *
 * @param kafka settings of every Kafka client, at least {@code bootstrap.servers}
 * @param serde settings of the serializers, at least {@code schema.registry.url}
 * @param instanceId names this process in the group. It is part of the transactional id: it must stay the same after a
 *     restart, so that the old process's open transaction ends at once, and differ between processes, which would otherwise
 *     fence each other
 * @param bounds sizes of the records that are read and written
 * @param recoversTransactions {@code transaction.recovery}
 */
public record DeliveryConnections(
        Topics topics,
        Map<String, Object> kafka,
        Map<String, String> serde,
        String instanceId,
        RecordBounds bounds,
        boolean recoversTransactions) {
    /** Uses the bounds of the default settings, and recovers transactions. */
    public DeliveryConnections(Topics topics, Map<String, Object> kafka, Map<String, String> serde, String instanceId) {
        this(topics, kafka, serde, instanceId, RecordBounds.of(EventRules.EVENT_BYTES_MAX), true);
    }

    public DeliveryConnections {
        kafka = Map.copyOf(kafka);
        serde = Map.copyOf(serde);
        if (instanceId.isBlank()) {
            throw new IllegalArgumentException("delivery needs an instance id");
        }
    }

    /** Leaves out values, which may be secrets. */
    @Override
    public String toString() {
        return "DeliveryConnections[" + topics + ", kafka=" + kafka.keySet() + ", instance=" + instanceId + "]";
    }
}
