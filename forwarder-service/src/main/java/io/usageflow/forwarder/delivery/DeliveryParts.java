package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.kafka.TopicWatch;

/** What outlives a session: settings, the sink, and what is known of the destination. */
record DeliveryParts(
        DeliverySettings settings,
        DeliveryConnections connections,
        EventSink sink,
        Destination destination,
        SettlementRecords records,
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
