package io.usageflow.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.schema.GoldenFiles.Golden;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.serde.SampleRecords;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records of every released version stay readable. */
class SchemaEvolutionTest {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static final Map<String, SpecificRecord> CURRENT = SampleRecords.oneOfEach().stream()
            .collect(Collectors.toMap(datum -> datum.getSchema().getName(), Function.identity()));

    static Stream<Golden> golden() {
        return GoldenFiles.all().stream();
    }

    @Test
    void shouldHaveAGoldenFileOfEveryRecord() {
        assertThat(golden().filter(file -> file.version().equals("0.1.0")).map(Golden::name))
                .containsExactlyInAnyOrderElementsOf(CURRENT.keySet());
    }

    @ParameterizedTest
    @MethodSource("golden")
    void shouldReadWhatEveryVersionWrote(Golden golden) throws Exception {
        SpecificRecord read = decoded(golden);

        JsonNode written = JSON.readTree(golden.json());
        JsonNode now = JSON.readTree(read.toString());
        assertThat(written.isEmpty()).isFalse();
        holds(now, written, golden.name());
    }

    /** Records only grow, those inside others too. */
    private static void holds(JsonNode now, JsonNode written, String where) {
        if (written.isObject() && now != null && now.isObject()) {
            written.properties()
                    .forEach(field -> holds(now.get(field.getKey()), field.getValue(), where + "." + field.getKey()));
        } else {
            assertThat(now).as(where).isEqualTo(written);
        }
    }

    @ParameterizedTest
    @MethodSource("golden")
    void shouldBeCompatibleWithEveryVersion(Golden golden) {
        List<Schema> released = golden().filter(other -> other.name().equals(golden.name()))
                .map(other -> new Schema.Parser().parse(other.schema()))
                .toList();

        assertThat(Compatibility.BACKWARD_TRANSITIVE.allows(
                        CURRENT.get(golden.name()).getSchema(), released))
                .isTrue();
    }

    @Test
    void shouldReadTheSampleValuesOfTheFirstVersion() {
        Map<String, SpecificRecord> read = golden().filter(
                        file -> file.version().equals("0.1.0"))
                .collect(Collectors.toMap(Golden::name, SchemaEvolutionTest::decoded));

        UsageEvent event = (UsageEvent) read.get("UsageEvent");
        assertThat(event.getId()).isEqualTo("0197c1d2-7a5b-7c3e-9f10-2b4c6d8e0f12");
        assertThat(event.getOccurredAt()).isEqualTo("2026-03-04T05:06:07.123456Z");
        assertThat(event.getCosts().get(0).getAmount()).isEqualByComparingTo("0.0161");
        assertThat(event.getCosts().get(1).getAmount()).isEqualByComparingTo(SampleRecords.SMALLEST);
        assertThat(event.getCosts().get(2).getAmount()).isEqualByComparingTo(SampleRecords.LARGEST.negate());
        assertThat(((LedgerEntry) read.get("LedgerEntry")).getCounters())
                .containsEntry("received", 9_007_199_254_740_993L);
        assertThat(((DeadLetter) read.get("DeadLetter")).getReason()).isEqualTo("REJECTED");
        assertThat(((Receipt) read.get("Receipt")).getDeliverableOffset()).isEqualTo(99);
    }

    /** Through the registry and the deserializer, as a consumer of today meets a record of then. */
    private static SpecificRecord decoded(Golden golden) {
        String scope = UUID.randomUUID().toString();
        try {
            int id = InMemorySchemaRegistry.ofScope(scope)
                    .register(golden.name(), new Schema.Parser().parse(golden.schema()));
            byte[] value = ByteBuffer.allocate(5 + golden.binary().remaining())
                    .put((byte) 0)
                    .putInt(id)
                    .put(golden.binary().duplicate())
                    .array();
            return AvroSerdes.valueDeserializer(
                            SampleRecords.registryAt("mock://" + scope),
                            CURRENT.get(golden.name()).getClass())
                    .deserialize(golden.name(), value);
        } finally {
            InMemorySchemaRegistry.dropScope(scope);
        }
    }
}
