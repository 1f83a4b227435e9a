package io.usageflow.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.GoldenFiles.Golden;
import io.usageflow.schema.id.CredytIds;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.serde.SampleRecords;
import io.usageflow.schema.serde.UnknownSchemaException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A registry that was lost and restored: it does not know an id, or has given it to another schema.
 *
 * <table>
 * <caption>Siblings, each with the decision that is tested here</caption>
 * <tr><td>own record, id unknown or another's now; a carried schema proves itself</td><td>read</td></tr>
 * <tr><td>own record, id unknown, nothing proves itself</td><td>the registry's trouble: wait</td></tr>
 * <tr><td>own topic, id known, broken bytes</td><td>refused</td></tr>
 * <tr><td>a published event, id unknown, from its own topic</td><td>refused, never guessed: its scale is not proved</td></tr>
 * <tr><td>a published event inside a deliverable record</td><td>read: admission hands on our own units only</td></tr>
 * <tr><td>a link</td><td>refused, never guessed: the order of its enum's symbols is not proved</td></tr>
 * </table>
 */
class LostSchemasTest {
    private final String scope = UUID.randomUUID().toString();
    private final Map<String, Object> config = SampleRecords.registryAt("mock://" + scope);
    private final InMemorySchemaRegistry registry = InMemorySchemaRegistry.ofScope(scope);

    private static final Map<String, SpecificRecord> CURRENT = SampleRecords.oneOfEach().stream()
            .collect(Collectors.toMap(datum -> datum.getSchema().getName(), Function.identity()));

    @AfterEach
    void forgetScope() {
        InMemorySchemaRegistry.dropScope(scope);
    }

    static Stream<Golden> golden() {
        return GoldenFiles.all().stream();
    }

    @ParameterizedTest
    @MethodSource("golden")
    void shouldCarryTheSchemasOfEveryRelease(Golden golden) throws Exception {
        String carried = "/io/usageflow/schema/released/" + golden.version() + "/" + golden.name() + ".avsc";

        try (var in = getClass().getResourceAsStream(carried)) {
            assertThat(in).as(carried).isNotNull();
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(golden.schema());
        }
    }

    @ParameterizedTest
    @MethodSource("golden")
    void shouldReadWhatEveryReleaseWroteAlthoughItsIdIsUnknown(Golden golden) {
        if (Set.of("DeliverableEvent", "Receipt", "UsageEvent").contains(golden.name())) {
            // These samples are beyond the rules, of ids at Credyt or of amounts; the next tests have others.
            return;
        }
        Class<? extends SpecificRecord> type = CURRENT.get(golden.name()).getClass();
        byte[] value = value(4711, golden.binary().duplicate());

        SpecificRecord read = AvroSerdes.ownValueDeserializer(config, type).deserialize("own", value);

        int known = registry.register("s", new Schema.Parser().parse(golden.schema()));
        assertThat(read)
                .isEqualTo(AvroSerdes.valueDeserializer(config, type)
                        .deserialize("own", value(known, golden.binary().duplicate())));
    }

    @Test
    void shouldReadOwnRecordsWhoseIdIsUnknownOrAnothersNow() {
        // Unknown at first, and then the schema of links.
        byte[] value = atId(1, deliverable());

        assertThat(own(DeliverableEvent.class, value)).isEqualTo(deliverable());
        registry.register("links", AvroSerdes.asRegistered(VendorLink.getClassSchema()));
        assertThat(own(DeliverableEvent.class, value)).isEqualTo(deliverable());
        assertThatThrownBy(() -> AvroSerdes.valueDeserializer(config, DeliverableEvent.class)
                        .deserialize("t", value))
                .as("from a topic that anyone writes")
                .isInstanceOf(UnknownSchemaException.class);
    }

    @Test
    void shouldWaitForTheRegistryWhereNothingIsProved() {
        DeliverableEvent another = deliverable();
        another.setCredytEventId(UUID.randomUUID().toString());
        byte[] doubtful = atId(4711, another);
        byte[] rubbish = {0, 0, 0, 0, 99, 1, 2, 3};

        for (byte[] value : new byte[][] {doubtful, rubbish}) {
            assertThatThrownBy(() -> own(DeliverableEvent.class, value))
                    .isInstanceOf(SchemaLostException.class)
                    .hasMessageContaining("restore the registry's schemas");
        }
    }

    @Test
    void shouldRefuseBrokenBytesOfAKnownSchema() {
        int id = registry.register("own", AvroSerdes.asRegistered(DeliverableEvent.getClassSchema()));

        assertThatThrownBy(() -> own(DeliverableEvent.class, new byte[] {0, 0, 0, 0, (byte) id, 1, 2, 3}))
                .isInstanceOf(SerializationException.class)
                .isNotInstanceOf(UnknownSchemaException.class);
        assertThatThrownBy(() -> own(DeliverableEvent.class, new byte[] {'{', '}'}))
                .isInstanceOf(SerializationException.class);
    }

    @Test
    void shouldGuessNoPublishedEvent() {
        UsageEvent published = SampleRecords.event();
        published.setCosts(List.of(SampleRecords.cost(new BigDecimal("0.016100000000000000"))));
        byte[] event = atId(4711, published);

        assertThatThrownBy(() ->
                        AvroSerdes.valueDeserializer(config, UsageEvent.class).deserialize("usage.events", event))
                .isInstanceOf(UnknownSchemaException.class);
        assertThat(own(UsageEvent.class, event)).isEqualTo(SampleRecords.withFullScale(published));
    }

    @Test
    void shouldGuessNoLink() {
        byte[] value = atId(4711, new VendorLink("openai", SampleRecords.reference(), Instant.ofEpochMilli(7)));

        assertThatThrownBy(() ->
                        AvroSerdes.valueDeserializer(config, VendorLink.class).deserialize("links", value))
                .isInstanceOf(UnknownSchemaException.class);
    }

    private static DeliverableEvent deliverable() {
        DeliverableEvent event = SampleRecords.oneOfEach().stream()
                .filter(DeliverableEvent.class::isInstance)
                .map(DeliverableEvent.class::cast)
                .findFirst()
                .orElseThrow();
        event.setCredytEventId(
                CredytIds.ofEvent(event.getAccountId(), event.getEventId()).toString());
        return event;
    }

    private <T extends SpecificRecord> T own(Class<T> type, byte[] value) {
        return AvroSerdes.ownValueDeserializer(config, type).deserialize("own", value);
    }

    /** As another registry, now lost, had it. */
    private static byte[] atId(int schemaId, SpecificRecord record) {
        byte[] value = AvroSerdes.<SpecificRecord>valueSerializer(
                        SampleRecords.registryAt("mock://" + UUID.randomUUID()))
                .serialize("t", record);
        ByteBuffer.wrap(value).putInt(1, schemaId);
        return value;
    }

    private static byte[] value(int schemaId, ByteBuffer binary) {
        return ByteBuffer.allocate(5 + binary.remaining())
                .put((byte) 0)
                .putInt(schemaId)
                .put(binary)
                .array();
    }
}
