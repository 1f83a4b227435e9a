package io.usageflow.schema.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import io.usageflow.schema.registry.SchemaRegistry.RegisteredSchema;
import io.usageflow.schema.registry.SchemaRegistry.SchemaRefusedException;
import io.usageflow.schema.registry.client.SchemaRegistries;
import io.usageflow.schema.registry.http.HttpSchemaRegistry;
import io.usageflow.schema.registry.http.RegistryClientSettings;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.serde.SampleRecords;
import io.usageflow.schema.serde.UnknownSchemaException;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Our client against a real registry server that speaks Confluent's API. */
class ApicurioIT {
    private static ApicurioServer server;
    private static SchemaRegistry registry;

    @BeforeAll
    static void start() throws Exception {
        server = ApicurioServer.startOrSkip();
        registry = SchemaRegistries.connect(config());
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void shouldCarryEveryRecordOfOurs() {
        for (SpecificRecord datum : SampleRecords.oneOfEach()) {
            String topic = "carry-" + datum.getSchema().getName();
            Serializer<SpecificRecord> serializer = AvroSerdes.valueSerializer(config());
            Deserializer<? extends SpecificRecord> deserializer =
                    AvroSerdes.valueDeserializer(config(), datum.getClass());

            byte[] bytes = serializer.serialize(topic, datum);

            assertThat(deserializer.deserialize(topic, bytes)).isEqualTo(SampleRecords.withFullScale(datum));
            assertThat(registry.compatibilityOf(topic + "-value")).hasValue(Compatibility.BACKWARD_TRANSITIVE);
        }
    }

    @Test
    void shouldFindOneVersionHoweverOftenTheSchemaIsRegistered() {
        Schema schema = record("{\"name\": \"a\", \"type\": \"string\"}");

        int id = registry.register("again", schema);
        SchemaRegistry another = new HttpSchemaRegistry(RegistryClientSettings.from(config()));

        assertThat(another.register("again", schema)).isEqualTo(id);
        assertThat(another.idOf("again", schema)).hasValue(id);
        assertThat(another.byId(id)).hasValue(schema);
        assertThat(another.latest("again")).hasValue(new RegisteredSchema("again", 1, id, schema));
    }

    @Test
    void shouldRefuseWhatCannotReadTheOldest() {
        registry.register("evolving", record("{\"name\": \"a\", \"type\": \"string\"}"));
        registry.register(
                "evolving",
                record(
                        "{\"name\": \"a\", \"type\": \"string\"}, {\"name\": \"b\", \"type\": \"int\", \"default\": 7}"));
        Schema readsOnlyTheLatest =
                record("{\"name\": \"a\", \"type\": \"string\"}, {\"name\": \"b\", \"type\": \"int\"}");

        assertThatThrownBy(() -> registry.register("evolving", readsOnlyTheLatest))
                .isInstanceOf(SchemaRefusedException.class)
                .hasMessageContaining("evolving")
                .hasMessageContaining("409");
        assertThat(registry.isCompatible("evolving", record("{\"name\": \"a\", \"type\": \"int\"}")))
                .isFalse();
    }

    @Test
    void shouldAnswerWhatItDoesNotKnow() {
        Schema schema = record("{\"name\": \"unknown\", \"type\": \"string\"}");

        assertThat(registry.byId(987_654)).isEmpty();
        assertThat(registry.idOf("no such subject", schema)).isEmpty();
        assertThat(registry.latest("no such subject")).isEmpty();
        assertThat(registry.compatibilityOf("no such subject")).isEmpty();
        assertThat(registry.isCompatible("no such subject", schema)).isTrue();
    }

    @Test
    void shouldOnlyLookUpWhenRegisteringIsOff() {
        Serializer<UsageEvent> careful = AvroSerdes.valueSerializer(
                Map.of("schema.registry.url", server.url(), "auto.register.schemas", "false", "retries.wait.ms", "10"));

        assertThatThrownBy(() -> careful.serialize("lookup", SampleRecords.event()))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("lookup-value");
        AvroSerdes.<UsageEvent>valueSerializer(config()).serialize("lookup", SampleRecords.event());
        assertThat(careful.serialize("lookup", SampleRecords.event())).isNotEmpty();
    }

    @Test
    void shouldTellAnUnknownIdFromBadBytes() {
        Deserializer<UsageEvent> deserializer = AvroSerdes.valueDeserializer(config(), UsageEvent.class);

        assertThatThrownBy(() -> deserializer.deserialize("topic", new byte[] {0, 0x7f, 0, 0, 0, 1}))
                .isInstanceOf(UnknownSchemaException.class);
    }

    @Test
    void shouldSayThatThePathIsWrong() {
        SchemaRegistry misnamed = SchemaRegistries.connect(
                Map.of("schema.registry.url", server.url().replace("/apis/ccompat/v7", "")));

        assertThatThrownBy(() -> misnamed.byId(1))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("/apis/ccompat/v7");
    }

    private static Map<String, Object> config() {
        return Map.of("schema.registry.url", server.url(), "retries.wait.ms", "10");
    }

    private static Schema record(String fields) {
        return new Schema.Parser()
                .parse("{\"type\": \"record\", \"name\": \"R\", \"namespace\": \"n\", \"fields\": [" + fields + "]}");
    }
}
