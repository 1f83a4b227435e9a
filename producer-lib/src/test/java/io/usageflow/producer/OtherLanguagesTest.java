package io.usageflow.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.StreamSupport;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What docs/other-languages/vectors.json promises to clients in other languages is what this library does. */
class OtherLanguagesTest {
    private static JsonNode vectors;

    @BeforeAll
    static void readVectors() throws Exception {
        vectors = new ObjectMapper()
                .readTree(
                        Path.of("..", "docs", "other-languages", "vectors.json").toFile());
    }

    @Test
    void shouldDeriveTheIdsOfTheVectors() {
        assertThat(vectors.get("derived_ids")).hasSizeGreaterThan(5).allSatisfy(vector -> {
            Object[] parts = StreamSupport.stream(vector.get("parts").spliterator(), false)
                    .map(JsonNode::textValue)
                    .toArray();
            assertThat(EventId.derive(parts).value()).isEqualTo(vector.get("id").textValue());
        });
        assertThat(EventId.derive("kafka", "orders", 3, 17L))
                .as("a part counts by its text")
                .isEqualTo(EventId.derive("kafka", "orders", "3", "17"));
    }

    @Test
    void shouldEncodeTheDecimalsOfTheVectors() {
        var type = LogicalTypes.decimal(38, 18);
        Schema schema = type.addToSchema(Schema.create(Schema.Type.BYTES));
        assertThat(vectors.get("decimals")).hasSizeGreaterThan(5).allSatisfy(vector -> {
            BigDecimal number = new BigDecimal(vector.get("number").textValue()).setScale(18);
            ByteBuffer bytes = new Conversions.DecimalConversion().toBytes(number, schema, type);
            byte[] encoded = new byte[bytes.remaining()];
            bytes.get(encoded);
            assertThat(HexFormat.of().formatHex(encoded))
                    .isEqualTo(vector.get("hex").textValue());
        });
    }

    @Test
    void shouldChooseThePartitionsOfTheVectors() {
        assertThat(vectors.get("partitions")).hasSizeGreaterThan(5).allSatisfy(vector -> assertThat(
                        BuiltInPartitioner.partitionForKey(
                                vector.get("key").textValue().getBytes(UTF_8),
                                vector.get("partitions").intValue()))
                .isEqualTo(vector.get("partition").intValue()));
    }
}
