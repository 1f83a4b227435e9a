package io.usageflow.schema.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.VendorLink;
import io.usageflow.schema.avro.WireFormat;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.UnusableSchemaException;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Schemas that anyone may register beside ours, and values that only such a schema makes possible: each is refused with a
 * SerializationException, never with an Error, and at a cost that is bounded by the value's size.
 *
 * <p>Siblings: recursion through a record, a union, an array, a map, two records; arrays of nulls, of empty records, of
 * records of nulls; a record that doubles itself forty times without a byte; claims of length; wrong lengths of blocks;
 * schemas that are nested deep or have very many types.
 */
@Timeout(60)
class HostileSchemasTest {
    private static final byte[] LINK = {2, 'o', 0, 2, 'v', 2};

    private final String scope = UUID.randomUUID().toString();
    private final InMemorySchemaRegistry registry = InMemorySchemaRegistry.ofScope(scope);
    private final Deserializer<VendorLink> deserializer =
            AvroSerdes.valueDeserializer(java.util.Map.of("schema.registry.url", "mock://" + scope), VendorLink.class);

    @AfterEach
    void forgetScope() {
        InMemorySchemaRegistry.dropScope(scope);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"r\",\"type\":[\"null\",\"R\"]}]}",
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"s\",\"type\":{\"type\":\"record\",\"name\":\"S\",\"fields\":[{\"name\":\"r\",\"type\":[\"null\",\"R\"]}]}}]}",
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"r\",\"type\":{\"type\":\"array\",\"items\":\"R\"}}]}"
            })
    void shouldRefuseAValueThatIsNestedDeepAndReadAFlatOne(String extra) {
        ByteArrayOutputStream deep = new ByteArrayOutputStream();
        for (int i = 0; i < 200_000; i++) {
            deep.write(2);
        }
        deep.write(0);
        // The ends of the arrays, where there are any.
        for (int i = 0; i < 200_000 && extra.contains("array"); i++) {
            deep.write(0);
        }

        assertThatThrownBy(() -> read(extra, deep.toByteArray()))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("nested deeper than");
        assertThat(read(extra, new byte[] {0}).getVendor()).isEqualTo("o");
        byte[] twice = extra.contains("array") ? new byte[] {2, 0, 0} : new byte[] {2, 0};
        assertThat(read(extra, twice).getVendor()).isEqualTo("o");
    }

    @Test
    void shouldRefuseAMapThatContainsItself() {
        ByteArrayOutputStream deep = new ByteArrayOutputStream();
        for (int i = 0; i < 200_000; i++) {
            deep.write(2);
            deep.write(0);
        }

        assertThatThrownBy(() -> read(
                        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"r\",\"type\":{\"type\":\"map\",\"values\":\"R\"}}]}",
                        deep.toByteArray()))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("nested deeper than");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"array\",\"items\":\"null\"}",
                "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}}",
                "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"n\",\"type\":\"null\"}]}}",
                "{\"type\":\"array\",\"items\":{\"type\":\"fixed\",\"name\":\"F\",\"size\":0}}"
            })
    void shouldRefuseItemsThatHaveNoBytes(String extra) {
        // 2^31 - 9 items; then as many in a block that says its size, 0; then the most that a number can claim.
        byte[] many = {(byte) 0xee, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 0};
        byte[] sized = {(byte) 0xed, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 0, 0};
        byte[] most = {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 0, 0};

        for (byte[] value : new byte[][] {many, sized, most}) {
            assertThatThrownBy(() -> read(extra, value))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("claims more items");
        }
        assertThat(read(extra, new byte[] {6, 0}).getVendor()).isEqualTo("o");
    }

    @Test
    void shouldRefuseARecordThatDoublesItselfWithoutAByte() {
        StringBuilder extra = new StringBuilder("{\"type\":\"record\",\"name\":\"R0\",\"fields\":[]}");
        for (int i = 1; i <= 40; i++) {
            extra = new StringBuilder(
                    "{\"type\":\"record\",\"name\":\"R" + i + "\",\"fields\":[{\"name\":\"a\",\"type\":" + extra
                            + "},{\"name\":\"b\",\"type\":\"R" + (i - 1) + "\"}]}");
        }
        String doubling = extra.toString();

        assertThatThrownBy(() -> read(doubling, new byte[0]))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("claims more items");
    }

    @Test
    void shouldRefuseLengthsThatAreNotTrue() {
        byte[] twoGigabytes = {(byte) 0xee, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 'x'};
        byte[] negative = {1};
        byte[] wrongBlock = {1, 8, 2, 'x', 0};
        byte[] rightBlock = {1, 4, 2, 'x', 0};

        assertThatThrownBy(() -> read("\"string\"", twoGigabytes)).isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> read("\"bytes\"", negative)).isInstanceOf(SerializationException.class);
        String array = "{\"type\":\"array\",\"items\":\"string\"}";
        assertThatThrownBy(() -> read(array, wrongBlock))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("block");
        assertThat(read(array, rightBlock).getVendor()).isEqualTo("o");
    }

    @ParameterizedTest
    @ValueSource(ints = {129, 400})
    void shouldRefuseASchemaThatIsNestedDeep(int levels) {
        String extra = "{\"type\":\"array\",\"items\":".repeat(levels) + "\"int\"" + "}".repeat(levels);

        assertThatThrownBy(() -> read(extra, new byte[] {0}))
                .isInstanceOf(UnknownSchemaException.class)
                .hasMessageContaining("nested deeper");
    }

    @Test
    void shouldRefuseASchemaOfVeryManyTypes() {
        StringBuilder fields = new StringBuilder("{\"name\":\"f\",\"type\":\"int\"}");
        for (int i = 0; i < 25_000; i++) {
            fields.append(",{\"name\":\"f").append(i).append("\",\"type\":\"int\"}");
        }

        assertThatThrownBy(
                        () -> read("{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}", new byte[] {0}))
                .isInstanceOf(UnknownSchemaException.class)
                .hasMessageContaining("types");
    }

    /** The registry answered: nothing waits for it. */
    @Test
    void shouldRefuseAnIdOfAnotherKindOfSchema() {
        var jsonSchema = (SchemaRegistry) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SchemaRegistry.class}, (proxy, method, arguments) -> {
                    throw new UnusableSchemaException("the schema is JSON, not AVRO");
                });

        assertThatThrownBy(() -> new AvroDeserializer<>(jsonSchema, VendorLink.class)
                        .deserialize("links", new byte[] {0, 0, 0, 0, 7, 1}))
                .isInstanceOf(UnknownSchemaException.class)
                .hasMessageContaining("schema id 7")
                .hasMessageContaining("JSON, not AVRO");
    }

    /** A vendor link with one field more, which a reader of ours skips. */
    private VendorLink read(String extra, byte[] extraValue) {
        Schema schema = new Schema.Parser().parse("""
                {"type": "record", "name": "VendorLink", "fields": [
                  {"name": "vendor", "type": "string"},
                  {"name": "reference", "type": {"type": "record", "name": "CredytReference", "fields": [
                    {"name": "kind", "type": {"type": "enum", "name": "ReferenceKind", "symbols": ["EXTERNAL_ID", "CREDYT_ID"]}},
                    {"name": "value", "type": "string"}
                  ]}},
                  {"name": "linked_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                  {"name": "extra", "type": %s}
                ]}""".formatted(extra));
        int id = registry.register(UUID.randomUUID().toString(), schema);
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.writeBytes(WireFormat.header(id));
        value.writeBytes(LINK);
        value.writeBytes(extraValue);
        return deserializer.deserialize("links", value.toByteArray());
    }
}
