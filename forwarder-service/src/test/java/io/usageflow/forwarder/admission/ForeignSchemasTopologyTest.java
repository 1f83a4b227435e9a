package io.usageflow.forwarder.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.serde.AvroSerdes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records whose schema id anyone may have written, over a real registry's HTTP. */
@Timeout(400)
class ForeignSchemasTopologyTest {
    private static final byte[] KEY = "acct_1".getBytes(UTF_8);
    /** A team's own copy of the schema, with another scale. */
    private static final Schema SCALE_9 =
            new Schema.Parser().parse(UsageEvent.getClassSchema().toString().replace("\"scale\":18", "\"scale\":9"));

    private final InMemorySchemaRegistry schemas = new InMemorySchemaRegistry();
    private SchemaRegistryServer server;
    private AdmissionDriver admission;

    @BeforeEach
    void start(@TempDir Path stateDir) {
        server = SchemaRegistryServer.start(0, schemas);
        admission = new AdmissionDriver(stateDir, server.url(), 1);
        admission.linkCustomer("acct_1", "cust-1");
        admission.linkVendor("openai", "vendor-1");
    }

    @AfterEach
    void stop() {
        admission.close();
        server.close();
    }

    @Test
    void shouldLetGoodEventsPassBetweenUnknownIds() {
        byte[] good = admission.encode(AdmissionDriver.TOPICS.events(), Events.event("warm"));
        long begin = System.nanoTime();
        List<String> ids = IntStream.range(0, 200).mapToObj(i -> "req-" + i).toList();

        for (int i = 0; i < ids.size(); i++) {
            admission.publishRaw(KEY, withId(good, 1_000_000 + 2 * i), new RecordHeaders());
            admission.publishRaw(KEY, withId(good, 1_000_001 + 2 * i), new RecordHeaders());
            admission.publish(Events.event(ids.get(i)));
        }

        // With a back-off for each it took 0.7 s a record.
        assertThat((System.nanoTime() - begin) / 1_000_000_000).isLessThan(60);
        assertThat(admission.delivered())
                .extracting(DeliverableEvent::getEventId)
                .containsExactlyElementsOf(ids);
        assertThat(admission.deadLetters())
                .hasSize(400)
                .extracting(DeadLetter::getReason)
                .containsOnly(DeadLetterReason.UNKNOWN_SCHEMA.name());
    }

    @Test
    void shouldBillWhatATeamWroteWithItsOwnScaleOrNothing() {
        int team = schemas.register("team-value", SCALE_9);
        byte[] ours = admission.encode(AdmissionDriver.TOPICS.events(), event("req-1"));

        admission.publishRaw(KEY, withId(ours, team), new RecordHeaders());

        // The same digits: 0.0161 with 18 of them after the point is 16,100,000 with 9.
        assertThat(admission.delivered()).singleElement().satisfies(deliverable -> {
            byte[] event = new byte[deliverable.getEvent().remaining()];
            deliverable.getEvent().get(event);
            assertThat(admission
                            .decode("", event, UsageEvent.class)
                            .getCosts()
                            .get(0)
                            .getAmount())
                    .isEqualByComparingTo("16100000");
            assertThat(AvroSerdes.isInOwnUnits(
                            AvroSerdes.valueDeserializer(Map.of("schema.registry.url", server.url()), UsageEvent.class),
                            event))
                    .as("handed on in our own units")
                    .isTrue();
        });
        assertThat(admission.deadLetters()).isEmpty();

        Schema plainLong = new Schema.Parser()
                .parse(UsageEvent.getClassSchema().toString().replace(",\"logicalType\":\"timestamp-micros\"", ""));
        admission.publishRaw(KEY, withId(ours, schemas.register("long-value", plainLong)), new RecordHeaders());

        assertThat(admission.delivered()).isEmpty();
        assertThat(admission.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.getReason()).isEqualTo(DeadLetterReason.UNKNOWN_SCHEMA.name());
            assertThat(letter.getDetail()).contains("occurred_at", "timestamp-micros", "long without a logical type");
        });
    }

    private static UsageEvent event(String id) {
        UsageEvent event = Events.event(id);
        event.setCosts(List.of(Events.cost("openai", "0.0161")));
        return event;
    }

    private static byte[] withId(byte[] value, int schemaId) {
        byte[] changed = value.clone();
        ByteBuffer.wrap(changed).putInt(1, schemaId);
        return changed;
    }
}
