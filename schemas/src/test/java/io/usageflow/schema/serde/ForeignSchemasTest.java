package io.usageflow.schema.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.avro.SchemaResolution.GeneratedRecords;
import io.usageflow.schema.avro.WireFormat;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.serde.UnknownSchemaException.LogicalTypeMismatchException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values that a producer wrote with a schema of its own. The rule: the same meaning, exactly, or a refusal that names both.
 *
 * <table>
 * <caption>Siblings, each with the decision that is tested here</caption>
 * <tr><td>decimal, other scale, in costs and in data</td><td>rescaled where exact, else refused per value</td></tr>
 * <tr><td>decimal, other precision</td><td>read; the value has to fit</td></tr>
 * <tr><td>decimal whose scale or precision is absurd</td><td>refused, at no cost</td></tr>
 * <tr><td>plain bytes, string, fixed, double, big-decimal, unknown logical type for a decimal</td><td>refused</td></tr>
 * <tr><td>timestamp-millis, -nanos for -micros and so on</td><td>converted where exact, else refused per value</td></tr>
 * <tr><td>plain long or int, local-timestamp, date, time for a timestamp</td><td>refused</td></tr>
 * <tr><td>decimal, timestamp, other logical types for a plain number, bytes or text of ours</td><td>refused</td></tr>
 * <tr><td>int for long</td><td>read</td></tr>
 * <tr><td>float, double anywhere</td><td>refused by Avro: nothing of ours is a float</td></tr>
 * <tr><td>uuid or any other logical type on text</td><td>read</td></tr>
 * <tr><td>uuid on fixed, bytes for text, text for bytes</td><td>refused</td></tr>
 * <tr><td>an enum's unknown symbol</td><td>refused; its symbols in another order are read</td></tr>
 * <tr><td>unions in another order or with fewer branches, fields in another order, more fields, other namespace of nested
 * records</td><td>read</td></tr>
 * </table>
 */
class ForeignSchemasTest {
    private static final String TOPIC = "usage.events";
    private static final String DECIMAL =
            "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":38,\"scale\":18}";
    private static final String MICROS = "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}";

    private final String scope = UUID.randomUUID().toString();
    private final Map<String, Object> config = Map.of("schema.registry.url", "mock://" + scope);
    private final InMemorySchemaRegistry registry = InMemorySchemaRegistry.ofScope(scope);
    private final Deserializer<UsageEvent> deserializer = AvroSerdes.valueDeserializer(config, UsageEvent.class);

    /** What a field of the event's schema is replaced by, and the values of one event. */
    private String occurredAt = MICROS;

    private String amount = DECIMAL;
    private String inData = DECIMAL;
    private String id = "\"string\"";
    private String more = "";
    private final Map<String, Object> values = new HashMap<>();

    @AfterEach
    void forgetScope() {
        InMemorySchemaRegistry.dropScope(scope);
    }

    @ParameterizedTest
    @CsvSource({
        "9, 16100000, 0.0161",
        "6, 16100, 0.0161",
        "2, 5, 0.05",
        "0, 7, 7",
        "20, 1610000000000000000, 0.0161",
        "38, -1000000000000000000000000000000000000, -0.01",
        "9, 0, 0",
        "9, 99999999999999999999000000000, 99999999999999999999"
    })
    void shouldRescaleExactlyInCostsAndInData(int scale, BigInteger unscaled, BigDecimal value) {
        amount = decimal(38, scale);
        inData = decimal(38, scale);
        values.put("amount", unscaled);
        values.put("data", unscaled);

        UsageEvent read = read();

        assertThat(read.getCosts().get(0).getAmount()).isEqualTo(value.setScale(18));
        assertThat(read.getData()).containsEntry("q", value.setScale(18));
    }

    @ParameterizedTest
    @CsvSource({"19, 1", "20, 1610000000000000001", "2, 10000000000000000000000", "38, 1"})
    void shouldRefuseAValueThatCannotBeRescaledAndNameBothScales(int scale, BigInteger unscaled) {
        amount = decimal(38, scale);
        values.put("amount", unscaled);
        assertThatThrownBy(this::read)
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("costs[0].amount")
                .hasMessageContaining("decimal(38, " + scale + ")")
                .hasMessageContaining("decimal(38, 18)");

        amount = DECIMAL;
        inData = decimal(38, scale);
        values.remove("amount");
        values.put("data", unscaled);
        assertThatThrownBy(this::read)
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("data.q")
                .hasMessageContaining("decimal(38, " + scale + ")");
    }

    @Test
    void shouldReadAnotherPrecisionAndKeepToOurOwn() {
        amount = decimal(60, 18);
        values.put("amount", new BigInteger("16100000000000000"));
        assertThat(read().getCosts().get(0).getAmount()).isEqualByComparingTo("0.0161");

        values.put("amount", BigInteger.TEN.pow(50));
        assertThatThrownBy(this::read)
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("costs[0].amount");
    }

    @Test
    void shouldNotSpendTimeOnAbsurdNumbers() {
        long begin = System.nanoTime();
        amount = decimal(Integer.MAX_VALUE, Integer.MAX_VALUE - 1);
        values.put("amount", BigInteger.ONE);
        assertThatThrownBy(this::read).isInstanceOf(SerializationException.class);
        amount = decimal(38, 9);
        values.put("amount", BigInteger.ONE.shiftLeft(64_000_000));
        assertThatThrownBy(this::read).isInstanceOf(SerializationException.class);
        amount = DECIMAL;
        assertThatThrownBy(this::read).isInstanceOf(SerializationException.class);

        assertThat((System.nanoTime() - begin) / 1_000_000_000).isLessThan(20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"bytes\"",
                "\"string\"",
                "\"double\"",
                "\"long\"",
                "{\"type\":\"bytes\",\"logicalType\":\"big-decimal\"}",
                "{\"type\":\"bytes\",\"logicalType\":\"money\"}",
                "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":0,\"scale\":0}",
                "{\"type\":\"bytes\",\"logicalType\":\"decimal\"}",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":16,\"logicalType\":\"decimal\",\"precision\":38,\"scale\":18}",
                "[\"null\"," + DECIMAL + "]"
            })
    void shouldRefuseWhatIsNoDecimal(String other) {
        amount = other;
        assertThatThrownBy(this::readNothing).isInstanceOf(UnknownSchemaException.class);
        if ((other.contains("bytes") && !other.contains("null")) || other.contains("string")) {
            assertThatThrownBy(this::readNothing)
                    .isInstanceOf(LogicalTypeMismatchException.class)
                    .hasMessageContaining("costs[].amount")
                    .hasMessageContaining("decimal(38, 18)");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"bytes\"",
                "\"double\"",
                "\"float\"",
                "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}",
                "{\"type\":\"int\",\"logicalType\":\"date\"}",
                "{\"type\":\"long\",\"logicalType\":\"cents\"}",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":16}"
            })
    void shouldRefuseWhatMeansSomethingElseInData(String other) {
        inData = other;
        assertThatThrownBy(this::readNothing).isInstanceOf(UnknownSchemaException.class);
    }

    @Test
    void shouldReadAnIntInDataAsALong() {
        inData = "\"int\"";
        values.put("data", 42);

        assertThat(read().getData()).containsEntry("q", 42L);
    }

    @ParameterizedTest
    @CsvSource({
        "timestamp-millis, 1772600767123, 2026-03-04T05:06:07.123Z",
        "timestamp-millis, -1, 1969-12-31T23:59:59.999Z",
        "timestamp-nanos, 1772600767123456000, 2026-03-04T05:06:07.123456Z",
        "timestamp-micros, 1772600767123456, 2026-03-04T05:06:07.123456Z"
    })
    void shouldConvertAnotherUnitOfTime(String logicalType, long number, Instant moment) {
        occurredAt = "{\"type\":\"long\",\"logicalType\":\"" + logicalType + "\"}";
        values.put("occurred_at", number);

        assertThat(read().getOccurredAt()).isEqualTo(moment);
    }

    @ParameterizedTest
    @CsvSource({
        "timestamp-nanos, 1772600767123456789",
        "timestamp-millis, 9223372036854775807",
        "timestamp-millis, -9223372036854775808"
    })
    void shouldRefuseATimeThatCannotBeConverted(String logicalType, long number) {
        occurredAt = "{\"type\":\"long\",\"logicalType\":\"" + logicalType + "\"}";
        values.put("occurred_at", number);

        assertThatThrownBy(this::read)
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("occurred_at")
                .hasMessageContaining(logicalType)
                .hasMessageContaining("timestamp-micros");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"long\"",
                "\"int\"",
                "{\"type\":\"long\",\"logicalType\":\"local-timestamp-micros\"}",
                "{\"type\":\"long\",\"logicalType\":\"local-timestamp-millis\"}",
                "{\"type\":\"long\",\"logicalType\":\"time-micros\"}",
                "{\"type\":\"int\",\"logicalType\":\"date\"}",
                "{\"type\":\"int\",\"logicalType\":\"time-millis\"}",
                "{\"type\":\"long\",\"logicalType\":\"epoch-seconds\"}"
            })
    void shouldRefuseWhatIsNoMoment(String other) {
        occurredAt = other;
        assertThatThrownBy(this::readNothing)
                .isInstanceOf(LogicalTypeMismatchException.class)
                .hasMessageContaining("occurred_at")
                .hasMessageContaining("timestamp-micros")
                .hasMessageContaining(new Schema.Parser().parse(other).getType().getName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"type\":\"string\",\"logicalType\":\"uuid\"}", "{\"type\":\"string\",\"logicalType\":\"url\"}"
            })
    void shouldReadTextWhateverItIsCalled(String other) {
        id = other;
        values.put("id", "8d4a1c9e-2f6b-4a01-9c1e-0a2b3c4d5e6f");

        assertThat(read().getId()).isEqualTo("8d4a1c9e-2f6b-4a01-9c1e-0a2b3c4d5e6f");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"bytes\"",
                DECIMAL,
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":16,\"logicalType\":\"uuid\"}",
                "\"long\""
            })
    void shouldRefuseWhatIsNoText(String other) {
        id = other;
        assertThatThrownBy(this::readNothing).isInstanceOf(UnknownSchemaException.class);
    }

    @Test
    void shouldReadMoreFieldsThanOurs() {
        more =
                ",{\"name\":\"region\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"größe\",\"type\":\"string\",\"default\":7}";

        UsageEvent read = read();

        assertThat(read.getId()).isEqualTo("e-1");
        assertThat(read.getCosts().get(0).getAmount()).isEqualByComparingTo("0.0161");
    }

    @Test
    void shouldConvertInEveryRecordType() {
        int schemaId = registry.register("links", link("timestamp-micros", "\"CREDYT_ID\",\"EXTERNAL_ID\""));
        ByteBuffer value = ByteBuffer.allocate(64).put((byte) 0).putInt(schemaId);
        // vendor "o", kind 1, value "v", 2,000 microseconds
        value.put(new byte[] {2, 'o', 2, 2, 'v', (byte) 0xa0, 0x1f});

        VendorLink read = AvroSerdes.valueDeserializer(config, VendorLink.class).deserialize("links", cut(value));

        assertThat(read.getLinkedAt()).isEqualTo(Instant.ofEpochMilli(2));
    }

    @Test
    void shouldRefuseAnEnumWithASymbolOfItsOwn() {
        int schemaId = registry.register("links", link("timestamp-millis", "\"EXTERNAL_ID\",\"TAX_ID\""));
        byte[] value = {0, 0, 0, 0, (byte) schemaId, 2, 'o', 0, 2, 'v', 2};

        assertThatThrownBy(() ->
                        AvroSerdes.valueDeserializer(config, VendorLink.class).deserialize("links", value))
                .isInstanceOf(UnknownSchemaException.class);
    }

    /** Avro's own reader, as Confluent's class has it, would bill a thousand-millionth. */
    @Test
    void shouldKeepAClassOfTheUsersOwnFromMisreading() {
        PlainAvro.registry = registry;
        Map<String, Object> named = new HashMap<>(config);
        named.put(AvroSerdes.DESERIALIZER_CLASS, PlainAvro.class);
        Deserializer<UsageEvent> theirs = AvroSerdes.valueDeserializer(named, UsageEvent.class);
        assertThat(theirs.deserialize(TOPIC, written()).getCosts().get(0).getAmount())
                .isEqualByComparingTo("0.0161");

        amount = decimal(38, 9);
        assertThatThrownBy(() -> theirs.deserialize(TOPIC, written()))
                .isInstanceOf(LogicalTypeMismatchException.class)
                .hasMessageContaining(PlainAvro.class.getName())
                .hasMessageContaining(AvroSerdes.DESERIALIZER_CLASS);
        amount = "\"bytes\"";
        assertThatThrownBy(() -> theirs.deserialize(TOPIC, written())).isInstanceOf(LogicalTypeMismatchException.class);
        assertThatThrownBy(() -> theirs.deserialize(TOPIC, new byte[] {0, 0, 0, 0, 99, 1}))
                .as("of an id that is not known, that class says what it says")
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("theirs");
    }

    /** As Avro reads by itself. */
    public static final class PlainAvro implements Deserializer<Object> {
        private static InMemorySchemaRegistry registry = new InMemorySchemaRegistry();

        @Override
        public Object deserialize(String topic, byte[] value) {
            Schema written = registry.byId(WireFormat.schemaId(value))
                    .orElseThrow(() -> new SerializationException("unknown, says theirs"));
            try {
                var reader = new SpecificDatumReader<UsageEvent>(
                        written,
                        UsageEvent.getClassSchema(),
                        new GeneratedRecords(UsageEvent.class, UsageEvent.getClassSchema()));
                return reader.read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
            } catch (IOException e) {
                throw new SerializationException(e);
            }
        }
    }

    private static Schema link(String linkedAt, String kinds) {
        return new Schema.Parser().parse("""
                {"type": "record", "name": "VendorLink", "namespace": "com.team", "fields": [
                  {"name": "vendor", "type": "string"},
                  {"name": "reference", "type": {"type": "record", "name": "CredytReference", "fields": [
                    {"name": "kind", "type": {"type": "enum", "name": "ReferenceKind", "symbols": [%s]}},
                    {"name": "value", "type": "string"}
                  ]}},
                  {"name": "linked_at", "type": {"type": "long", "logicalType": "%s"}}
                ]}""".formatted(kinds, linkedAt));
    }

    private static String decimal(int precision, int scale) {
        return "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":" + precision + ",\"scale\":" + scale
                + "}";
    }

    private UsageEvent read() {
        return deserializer.deserialize(TOPIC, written());
    }

    /** The schema alone decides. */
    private void readNothing() {
        int schemaId = registry.register(UUID.randomUUID().toString(), schema());
        deserializer.deserialize(
                TOPIC,
                ByteBuffer.allocate(6)
                        .put((byte) 0)
                        .putInt(schemaId)
                        .put((byte) 0)
                        .array());
    }

    /** An own schema of a team: fields and branches in another order, nested records under a name of the team's. */
    private Schema schema() {
        return new Schema.Parser(org.apache.avro.NameValidator.UTF_VALIDATOR)
                .setValidateDefaults(false)
                .parse("""
                {"type": "record", "name": "UsageEvent", "namespace": "com.team", "fields": [
                  {"name": "account_id", "type": "string"},
                  {"name": "data", "type": {"type": "map", "values": [%s, "null"]}},
                  {"name": "occurred_at", "type": %s},
                  {"name": "costs", "type": {"type": "array", "items": {"type": "record", "name": "Cost", "fields": [
                    {"name": "currency", "type": "string"},
                    {"name": "amount", "type": %s},
                    {"name": "vendor", "type": "string"}
                  ]}}},
                  {"name": "event_type", "type": "string"},
                  {"name": "id", "type": %s}
                  %s
                ]}""".formatted(inData, occurredAt, amount, id, more));
    }

    private byte[] written() {
        Schema schema = schema();
        GenericRecord event = new GenericData.Record(schema);
        Schema costSchema = schema.getField("costs").schema().getElementType();
        GenericRecord cost = new GenericData.Record(costSchema);
        cost.put("currency", "USD");
        cost.put("vendor", "openai");
        cost.put("amount", bytes((BigInteger) values.getOrDefault("amount", unscaled(costSchema))));
        event.put("account_id", "acct_1");
        event.put("event_type", "t");
        event.put("id", values.getOrDefault("id", "e-1"));
        event.put("occurred_at", values.getOrDefault("occurred_at", 1_772_600_767_123_456L));
        Object inMap = values.get("data");
        event.put("data", inMap == null ? Map.of() : Map.of("q", inMap instanceof BigInteger big ? bytes(big) : inMap));
        event.put("costs", List.of(cost));
        schema.getFields().stream()
                .filter(field -> event.get(field.pos()) == null)
                .forEach(field -> event.put(field.pos(), "x"));
        try {
            int schemaId = registry.register(UUID.randomUUID().toString(), schema);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(WireFormat.header(schemaId));
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            new GenericDatumWriter<GenericRecord>(schema).write(event, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BigInteger unscaled(Schema cost) {
        return cost.getField("amount").schema().getLogicalType() instanceof org.apache.avro.LogicalTypes.Decimal decimal
                        && decimal.getScale() >= 4
                        && decimal.getScale() < 100
                ? BigInteger.valueOf(161).multiply(BigInteger.TEN.pow(decimal.getScale() - 4))
                : BigInteger.ONE;
    }

    private static ByteBuffer bytes(BigInteger unscaled) {
        return ByteBuffer.wrap(unscaled.toByteArray());
    }

    private static byte[] cut(ByteBuffer value) {
        byte[] bytes = new byte[value.position()];
        value.flip().get(bytes);
        return bytes;
    }
}
