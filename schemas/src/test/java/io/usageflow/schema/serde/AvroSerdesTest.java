package io.usageflow.schema.serde;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.Cost;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvroSerdesTest {
    private static final String TOPIC = "usage.events";
    private static final String SUBJECT = "usage.events-value";

    private final String scope = UUID.randomUUID().toString();
    private final Map<String, Object> config = Map.of("schema.registry.url", "mock://" + scope);
    private final InMemorySchemaRegistry registry = InMemorySchemaRegistry.ofScope(scope);
    private final Serializer<UsageEvent> serializer = AvroSerdes.valueSerializer(config);
    private final Deserializer<UsageEvent> deserializer = AvroSerdes.valueDeserializer(config, UsageEvent.class);

    @AfterEach
    void forgetScope() {
        InMemorySchemaRegistry.dropScope(scope);
    }

    @Test
    void shouldCarryEveryFieldExactly() {
        UsageEvent event = SampleRecords.event();

        UsageEvent read = deserializer.deserialize(TOPIC, serializer.serialize(TOPIC, event));

        assertThat(read.getId()).isEqualTo(event.getId());
        assertThat(read.getOccurredAt()).isEqualTo(Instant.parse("2026-03-04T05:06:07.123456Z"));
        assertThat(read.getCustomerExternalId()).isEqualTo("cust-ü-42");
        assertThat(read.getCustomerId()).isNull();
        assertThat(read.getData().get("total_tokens")).isEqualTo(1500L);
        assertThat(read.getData().get("seconds")).isEqualTo(new BigDecimal("12.500000000000000000"));
        assertThat(read.getData()).containsEntry("nothing", null).containsEntry("cached", true);
        assertThat(read.getData().get("model")).isEqualTo("gpt-4");
        assertThat(read.getData().get("tools")).isEqualTo(SampleRecords.data().get("tools"));
        assertThat(read.getCosts())
                .extracting(Cost::getAmount)
                .usingElementComparator(BigDecimal::compareTo)
                .containsExactly(new BigDecimal("0.0161"), SampleRecords.SMALLEST, SampleRecords.LARGEST.negate());
        assertThat(read.getSource().getService()).isEqualTo("chat");
    }

    @Test
    void shouldWriteTheSameBytesForTheSameRecord() {
        assertThat(serializer.serialize(TOPIC, SampleRecords.event()))
                .isEqualTo(serializer.serialize(TOPIC, SampleRecords.event()));
    }

    @Test
    void shouldPassTombstones() {
        assertThat(serializer.serialize(TOPIC, null)).isNull();
        assertThat(deserializer.deserialize(TOPIC, null)).isNull();
    }

    @Test
    void shouldRegisterAPlainSchemaUnderTheTopicsSubject() {
        serializer.serialize(TOPIC, SampleRecords.event());

        assertThat(registry.subjects()).containsExactly(SUBJECT);
        assertThat(registry.latest(SUBJECT)).hasValueSatisfying(version -> {
            assertThat(version.schema().getFullName()).isEqualTo("io.usageflow.schema.UsageEvent");
            assertThat(version.schema().toString()).doesNotContain("avro.java.string");
        });
    }

    @Test
    void shouldOnlyLookUpWhenRegisteringIsOff() {
        Serializer<UsageEvent> careful = AvroSerdes.valueSerializer(
                Map.of("schema.registry.url", "mock://" + scope, "auto.register.schemas", "false"));

        assertThatThrownBy(() -> careful.serialize(TOPIC, SampleRecords.event()))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining(SUBJECT)
                .hasMessageContaining("auto.register.schemas");
        assertThat(registry.subjects()).isEmpty();

        byte[] registered = serializer.serialize(TOPIC, SampleRecords.event());
        assertThat(careful.serialize(TOPIC, SampleRecords.event())).isEqualTo(registered);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0.0000000000000000001", "100000000000000000000", "1E+999999999", "-100000000000000000000.5"})
    void shouldRefuseAnAmountThatDoesNotFitAndNameIt(String amount) {
        UsageEvent event = SampleRecords.event();
        event.setCosts(List.of(SampleRecords.cost(new BigDecimal(amount))));

        assertThatThrownBy(() -> serializer.serialize(TOPIC, event))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("costs[0].amount")
                .hasMessageContaining("decimal(38, 18)");

        assertThat(deserializer.deserialize(TOPIC, serializer.serialize(TOPIC, SampleRecords.event())))
                .as("nothing of the refused record is left in the buffer")
                .isEqualTo(SampleRecords.withFullScale(SampleRecords.event()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0E+30", "1E+19", "1.10000000000000000000000", "-0.5"})
    void shouldAdjustTheScaleExactly(String amount) {
        UsageEvent event = SampleRecords.event();
        event.setCosts(List.of(SampleRecords.cost(new BigDecimal(amount))));

        UsageEvent read = deserializer.deserialize(TOPIC, serializer.serialize(TOPIC, event));

        assertThat(read.getCosts().get(0).getAmount()).isEqualByComparingTo(amount);
    }

    @Test
    void shouldNameARequiredFieldThatIsNull() {
        UsageEvent event = SampleRecords.event();
        event.setAccountId(null);

        assertThatThrownBy(() -> serializer.serialize(TOPIC, event))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("account_id");
    }

    @Test
    void shouldRefuseBytesThatAreNotTheWireFormat() {
        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, new byte[] {0, 0, 0, 1}))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("4 bytes");
        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, "{\"id\":1}".getBytes(UTF_8)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("123");
        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, new byte[0]))
                .isInstanceOf(SerializationException.class);
    }

    @Test
    void shouldRefuseEveryTruncationAndAnyTrailingByte() {
        byte[] bytes = serializer.serialize(TOPIC, SampleRecords.event());

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> deserializer.deserialize(TOPIC, cut))
                    .as("first %d of %d bytes", length, bytes.length)
                    .isInstanceOf(SerializationException.class);
        }
        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("bytes follow");
    }

    @Test
    void shouldSayThatASchemaIdIsUnknown() {
        byte[] bytes = serializer.serialize(TOPIC, SampleRecords.event());
        bytes[4] = 99;

        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, bytes))
                .isInstanceOfSatisfying(UnknownSchemaException.class, e -> assertThat(e.schemaId())
                        .isEqualTo(99));
    }

    @Test
    void shouldReadAnIdThatBecomesKnownLater() {
        byte[] bytes = AvroSerdes.<UsageEvent>valueSerializer(Map.of("schema.registry.url", "mock://other-" + scope))
                .serialize(TOPIC, SampleRecords.event());
        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, bytes)).isInstanceOf(UnknownSchemaException.class);

        serializer.serialize(TOPIC, SampleRecords.event());

        assertThat(deserializer.deserialize(TOPIC, bytes).getId())
                .isEqualTo(SampleRecords.event().getId());
    }

    @Test
    void shouldSayThatAnotherRecordsSchemaCannotBeRead() {
        byte[] link = AvroSerdes.<VendorLink>valueSerializer(config)
                .serialize("usage.vendor-links", new VendorLink("openai", SampleRecords.reference(), Instant.EPOCH));

        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, link))
                .isInstanceOf(UnknownSchemaException.class)
                .hasMessageContaining("io.usageflow.schema.VendorLink")
                .hasMessageContaining("io.usageflow.schema.UsageEvent");
    }

    @Test
    void shouldReadWhatAnOlderSchemaWrote() {
        Schema older = new Schema.Parser().parse("""
                {"type": "record", "name": "VendorLink", "namespace": "io.usageflow.schema", "fields": [
                  {"name": "linked_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                  {"name": "forgotten", "type": "string"},
                  {"name": "reference", "type": {"type": "record", "name": "CredytReference", "fields": [
                    {"name": "value", "type": "string"},
                    {"name": "kind", "type": {"type": "enum", "name": "ReferenceKind", "symbols": ["EXTERNAL_ID", "CREDYT_ID"]}}
                  ]}},
                  {"name": "vendor", "type": "string"}
                ]}""");
        int id = registry.register("links-value", older);
        byte[] bytes = {0, 0, 0, 0, (byte) id, 2, 2, 'x', 2, 'v', 0, 2, 'o'};

        VendorLink read = AvroSerdes.valueDeserializer(config, VendorLink.class).deserialize("links", bytes);

        assertThat(read.getVendor()).isEqualTo("o");
        assertThat(read.getReference().getValue()).isEqualTo("v");
        assertThat(read.getReference().getKind().name()).isEqualTo("EXTERNAL_ID");
        assertThat(read.getLinkedAt()).isEqualTo(Instant.ofEpochMilli(1));
    }

    @Test
    void shouldSayWhichKeyIsWrong() {
        assertThatThrownBy(() -> AvroSerdes.valueSerializer(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("schema.registry.url");
        assertThatThrownBy(() -> AvroSerdes.valueSerializer(
                        Map.of("schema.registry.url", "mock://x", "avro.serializer.class", "com.example.Missing")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("avro.serializer.class")
                .hasMessageContaining("com.example.Missing");
        assertThatThrownBy(() -> AvroSerdes.valueDeserializer(
                        Map.of("schema.registry.url", "mock://x", "avro.deserializer.class", "java.lang.String"),
                        UsageEvent.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("avro.deserializer.class");
        assertThatThrownBy(() -> AvroSerdes.valueSerializer(
                        Map.of("schema.registry.url", "mock://x", "auto.register.schemas", "yes")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("auto.register.schemas");
    }

    @Test
    void shouldUseTheClassThatIsNamed() {
        Deserializer<UsageEvent> named = AvroSerdes.valueDeserializer(
                Map.of(
                        "schema.registry.url",
                        "mock://" + scope,
                        "avro.deserializer.class",
                        AvroDeserializer.class.getName()),
                UsageEvent.class);
        assertThat(named.deserialize(TOPIC, serializer.serialize(TOPIC, SampleRecords.event())))
                .isEqualTo(SampleRecords.withFullScale(SampleRecords.event()));

        Deserializer<UsageEvent> wrong = AvroSerdes.valueDeserializer(
                Map.of("schema.registry.url", "mock://x", "avro.deserializer.class", StringDeserializer.class),
                UsageEvent.class);
        assertThatThrownBy(() -> wrong.deserialize(TOPIC, new byte[] {65}))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("specific.avro.reader");
    }

    @Test
    void shouldServeSeveralRecordTypesAtOnce() {
        byte[] bytes = serializer.serialize(TOPIC, SampleRecords.event());

        assertThatThrownBy(() ->
                        AvroSerdes.valueDeserializer(config, DeadLetter.class).deserialize(TOPIC, bytes))
                .isInstanceOf(UnknownSchemaException.class);
    }
}
