package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.health.DestinationHealth;
import io.usageflow.forwarder.delivery.http.EventSink;
import io.usageflow.forwarder.kafka.TopicWatch;

/** What outlives a session: settings, the sink, and what is known of the destination. */
record DeliveryContext(
        DeliverySettings settings,
        DeliveryConnections connections,
        EventSink sink,
        DestinationHealth destination,
        OutcomeRecords records,
        DeliveryMeters meters,
        TopicWatch watch,
        DeliveryClock clock) {

    String groupId() {
        String configured = settings.settling().groupId();
        return configured.isEmpty() ? connections.topics().prefix() + "-delivery" : configured;
    }

    String clientId() {
        return "usageflow-delivery-" + connections.instanceId();
    }

    /** Stable through restarts, different among instances. */
    String transactionalId() {
        return groupId() + "-" + connections.instanceId();
    }
}
