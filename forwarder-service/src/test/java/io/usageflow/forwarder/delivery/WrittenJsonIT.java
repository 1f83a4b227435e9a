package io.usageflow.forwarder.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownVendor;
import io.usageflow.sandbox.event.EventIntake.Conflicts.Conflict;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.serde.AvroSerdes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Credyt receives the bytes that the record has, whichever version wrote them: a deploy that changes how admission
 * writes JSON changes no byte of an admitted event. Records without JSON are delivered next to them.
 */
class WrittenJsonIT {
    @AutoClose
    private static EmbeddedBroker broker = EmbeddedBroker.start();

    private final String scope = UUID.randomUUID().toString();
    private final Map<String, String> serde = Map.of("schema.registry.url", "mock://" + scope);
    private DeliveryWorld world;

    @AfterEach
    void closeWorld() {
        world.close();
        InMemorySchemaRegistry.dropScope(scope);
    }

    @Test
    void shouldDeliverTheWrittenBytesInEveryAttemptAndVersion() throws Exception {
        RecordedDeliverable.register(InMemorySchemaRegistry.ofScope(scope));
        CredytSandbox sandbox = CredytSandbox.start(SandboxOptions.defaults().withAutoCreateCustomers(true));
        world = new DeliveryWorld(broker.bootstrapServers(), sandbox, "mock://" + scope);
        sandbox.change("rules.unknown_vendor", UnknownVendor.ACCEPT);
        sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, Fault.commitThenStatus(500)));
        Map<String, String> expected = new LinkedHashMap<>();
        for (RecordedDeliverable earlier : RecordedDeliverable.recorded()) {
            world.admitBytes(earlier.account(), earlier.value());
            expected.put(id(earlier.json()), earlier.json());
        }
        for (int i = 0; i < 20; i++) {
            Deliverable event = Deliverable.event("acct_" + i % 3, i);
            String json = byAnotherWriter(event);
            world.admitBytes(event.account(), record(event, json));
            expected.put(event.credytId(), json);
        }

        Delivery before = world.deliver("one", Map.of());
        await().atMost(DeliveryWorld.PATIENCE).until(() -> sandbox.eventIds().size() > 0);
        world.stop(before);
        assertThat(world.receipts()).isEmpty();
        sandbox.clearFaults();
        world.deliver("two", Map.of());

        world.awaitSettled(expected.size());
        assertThat(world.deadLetters()).isEmpty();
        assertThat(sandbox.conflicts()).isEmpty();
        assertThat(world.sightings().violations()).isEmpty();
        assertThat(sandbox.eventIds()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        Map<String, String> kept = new LinkedHashMap<>();
        for (String id : expected.keySet()) {
            kept.put(id, bytesAtCredyt(id));
        }
        assertThat(kept).isEqualTo(expected);
    }

    /** The same event in another form than this version writes. */
    private static String byAnotherWriter(Deliverable deliverable) {
        UsageEvent event = deliverable.event();
        return "{\"id\":\"" + deliverable.credytId() + "\", \"occurred_at\": \"" + event.getOccurredAt()
                + "\", \"data\": {\"total_tokens\": " + event.getData().get("total_tokens")
                + "}, \"event_type\": \"message_completed\" }";
    }

    private byte[] record(Deliverable deliverable, String json) {
        UsageEvent event = deliverable.event();
        DeliverableEvent value = DeliverableEvent.newBuilder()
                .setEventId(event.getId())
                .setAccountId(event.getAccountId())
                .setCredytEventId(deliverable.credytId())
                .setCustomer(new CredytReference(ReferenceKind.EXTERNAL_ID, event.getAccountId(), null))
                .setVendors(Map.of(
                        deliverable.vendor(),
                        new CredytReference(ReferenceKind.EXTERNAL_ID, deliverable.vendor(), null)))
                .setSource(new SourceCoordinates(world.topics.events(), 0, 0L, Instant.EPOCH, null))
                .setAdmittedAt(Instant.EPOCH)
                .setEvent(ByteBuffer.wrap(
                        AvroSerdes.<UsageEvent>valueSerializer(serde).serialize(world.topics.events(), event)))
                .setJson(ByteBuffer.wrap(json.getBytes(UTF_8)))
                .build();
        assertThat(new String(EventJson.event(value, event), UTF_8)).isNotEqualTo(json);
        return AvroSerdes.<DeliverableEvent>valueSerializer(serde).serialize(world.topics.deliverable(), value);
    }

    /** The sandbox shows the bytes that it keeps when other content comes under the same id. */
    private String bytesAtCredyt(String id) throws Exception {
        String customer = world.sandbox.event(id).orElseThrow().customer();
        byte[] other = EventJson.body(
                true,
                customer,
                List.of(("{\"id\":\"" + id + "\",\"event_type\":\"other\",\"occurred_at\":\"2026-01-01T00:00:00Z\"}")
                        .getBytes(UTF_8)));
        HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(world.sandbox.url() + "/events"))
                                .header("X-CREDYT-API-KEY", DeliveryWorld.API_KEY)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(other))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
        List<Conflict> conflicts = world.sandbox.conflicts();
        Conflict newest = conflicts.get(conflicts.size() - 1);
        assertThat(newest.id()).isEqualTo(id);
        return newest.kept();
    }

    private static String id(String json) {
        return json.substring("{\"id\":\"".length(), "{\"id\":\"".length() + 36);
    }
}
