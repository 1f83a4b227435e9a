package io.usageflow.forwarder.catalogue.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.BillingCheck;
import io.usageflow.forwarder.catalogue.BillingForecast;
import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.simulation.UsageSimulation.InputEvent;
import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import io.usageflow.producer.UsageEvent;
import io.usageflow.schema.DeliverableEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;

/**
 * An event of a batch, with our estimate.
 *
 * @param simulationId its id at Credyt: random, so that the one that will be billed stays unused
 * @param json as delivery writes it, without its costs: they do not count for fees
 */
record SimulatedEvent(InputEvent input, String simulationId, byte[] json, BillingForecast estimate) {
    /** Throws {@link IllegalArgumentException} if delivery cannot write the event. */
    static SimulatedEvent of(InputEvent input, Catalogue catalogue) {
        UsageEvent event = input.event();
        String id = UUID.randomUUID().toString();
        try {
            byte[] json = json(event, id);
            JsonNode data = ParsedResponse.EXACT.readTree(EventJson.data(event.data()));
            return new SimulatedEvent(input, id, json, BillingCheck.ofAnyone(catalogue, event.eventType(), data));
        } catch (IOException impossible) {
            throw new UncheckedIOException("reading JSON from memory failed", impossible);
        }
    }

    private static byte[] json(UsageEvent event, String id) {
        var deliverable = new DeliverableEvent();
        deliverable.setCredytEventId(id);
        var avro = new io.usageflow.schema.UsageEvent();
        avro.setEventType(event.eventType());
        avro.setOccurredAt(event.occurredAt());
        event.subject().ifPresent(avro::setSubject);
        event.description().ifPresent(avro::setDescription);
        avro.setData(event.data());
        avro.setCosts(List.of());
        return EventJson.event(deliverable, avro);
    }
}
