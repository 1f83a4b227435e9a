package io.usageflow.forwarder.delivery;

import static io.usageflow.forwarder.testing.PublicSurface.requireUnchanged;

import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.delivery.Delivery.DeliveryConnections;
import io.usageflow.forwarder.delivery.DeliverySession.DeliveryContext;
import io.usageflow.forwarder.delivery.health.DeliverySnapshot.FundsView;
import io.usageflow.forwarder.testing.JsonShape;
import io.usageflow.forwarder.testing.SampleValues;
import io.usageflow.schema.topic.Topics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.junit.jupiter.api.Test;

class DeliverySurfaceTest {
    @Test
    @SuppressWarnings("NullAway") // Only names are asked for.
    void shouldKeepGroupAndTransactionalId() {
        var settings = DeliverySettings.from(new AbstractConfig(Settings.definition(), Map.of(), false));
        var connections = new DeliveryConnections(new Topics("_topics.prefix_"), Map.of(), Map.of(), "_instance.id_");
        var parts = new DeliveryContext(settings, connections, null, null, null, null, null, null, null);

        requireUnchanged(
                "Group and transactional id of delivery",
                List.of("group " + parts.groupId(), "transactional id " + parts.transactionalId()));
    }

    @Test
    void shouldKeepThePageOfCustomersWithoutFunds() {
        var page = new FundsPage(() -> SampleValues.of(FundsView.class).get(0), customer -> true, () -> Instant.EPOCH);

        requireUnchanged(
                "Routes of the admin port, delivery", List.of(page.path(), "POST " + page.path() + "?customer="));
        requireUnchanged(
                "JSON of the admin port, customers without funds",
                JsonShape.of(List.of(page.answer(Map.of()).body())));
        requireUnchanged(
                "JSON of the admin port, customers tried for funds",
                JsonShape.of(
                        List.of(page.command().orElseThrow().apply(Map.of()).body())));
    }
}
