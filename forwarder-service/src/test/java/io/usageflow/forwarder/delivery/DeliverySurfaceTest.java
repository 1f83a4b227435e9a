package io.usageflow.forwarder.delivery;

import static io.usageflow.forwarder.testing.PublicSurface.requireUnchanged;

import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.delivery.Delivery.DeliveryConnections;
import io.usageflow.forwarder.delivery.DeliverySession.DeliveryContext;
import io.usageflow.schema.topic.Topics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class DeliverySurfaceTest {
    @Test
    @SuppressWarnings("NullAway") // Only names are asked for.
    void shouldKeepGroupAndTransactionalId() {
        var settings =
                DeliverySettings.from(new AbstractConfig(DeliverySettings.define(new ConfigDef()), Map.of(), false));
        var connections = new DeliveryConnections(new Topics("_topics.prefix_"), Map.of(), Map.of(), "_instance.id_");
        var parts = new DeliveryContext(settings, connections, null, null, null, null, null, null);

        requireUnchanged(
                "Group and transactional id of delivery",
                List.of("group " + parts.groupId(), "transactional id " + parts.transactionalId()));
    }
}
