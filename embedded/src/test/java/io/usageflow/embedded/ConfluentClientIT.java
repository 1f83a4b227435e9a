package io.usageflow.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Instant;
import java.util.Map;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.serializers.KafkaAvroDeserializer;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.serializers.KafkaAvroSerializer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Confluent's genuine client, version 7.0.1, against our server. */
class ConfluentClientIT {
    private static final AvroSchema ONE_FIELD = schema("{\"name\": \"a\", \"type\": \"string\"}");
    private static final AvroSchema INCOMPATIBLE =
            schema("{\"name\": \"a\", \"type\": \"string\"}, {\"name\": \"b\", \"type\": \"int\"}");

    @AutoClose
    private final SchemaRegistryServer server = SchemaRegistryServer.start(0);

    private final CachedSchemaRegistryClient client = new CachedSchemaRegistryClient(server.url(), 100);

    @Test
    void shouldServeEveryCallOfTheClient() throws Exception {
        int id = client.register("topic-value", ONE_FIELD);

        assertThat(client.getSchemaById(id)).isEqualTo(ONE_FIELD);
        assertThat(client.getId("topic-value", ONE_FIELD)).isEqualTo(id);
        assertThat(client.getVersion("topic-value", ONE_FIELD)).isEqualTo(1);
        assertThat(client.getLatestSchemaMetadata("topic-value").getId()).isEqualTo(id);
        assertThat(client.getAllSubjects()).containsExactly("topic-value");
        assertThat(client.getAllSubjectsById(id)).containsExactly("topic-value");
        assertThat(client.testCompatibility("topic-value", INCOMPATIBLE)).isFalse();
        assertThat(client.updateCompatibility("topic-value", "FULL")).isEqualTo("FULL");
        assertThat(client.getCompatibility("topic-value")).isEqualTo("FULL");
        assertThat(client.getMode()).isEqualTo("READWRITE");
    }

    @Test
    void shouldRefuseInConfluentsWords() throws Exception {
        client.register("topic-value", ONE_FIELD);

        assertThatThrownBy(() -> client.register("topic-value", INCOMPATIBLE))
                .asInstanceOf(InstanceOfAssertFactories.type(RestClientException.class))
                .satisfies(e -> assertThat(e.getErrorCode()).isEqualTo(409));
        assertThatThrownBy(() -> client.getSchemaById(77))
                .asInstanceOf(InstanceOfAssertFactories.type(RestClientException.class))
                .satisfies(e -> assertThat(e.getErrorCode()).isEqualTo(40403));
        assertThatThrownBy(() -> client.getLatestSchemaMetadata("none"))
                .asInstanceOf(InstanceOfAssertFactories.type(RestClientException.class))
                .satisfies(e -> assertThat(e.getErrorCode()).isEqualTo(40401));
    }

    @Test
    void shouldLetBothSidesReadEachOther() {
        Map<String, Object> config = Map.of("schema.registry.url", server.url());
        VendorLink link = new VendorLink(
                "openai", new CredytReference(ReferenceKind.CREDYT_ID, "vnd_1", null), Instant.ofEpochMilli(1));
        try (KafkaAvroDeserializer theirs = new KafkaAvroDeserializer(client, config);
                KafkaAvroSerializer back = new KafkaAvroSerializer(client, config)) {
            byte[] ours = AvroSerdes.<VendorLink>valueSerializer(config).serialize("links", link);

            Object read = theirs.deserialize("links", ours);
            assertThat(read).hasToString(link.toString().replace("\"1970-01-01T00:00:00.001Z\"", "1"));

            byte[] genuine = back.serialize("links", read);
            assertThat(genuine).isEqualTo(ours);
            assertThat(AvroSerdes.valueDeserializer(config, VendorLink.class).deserialize("links", genuine))
                    .isEqualTo(link);
        }
    }

    private static AvroSchema schema(String fields) {
        return new AvroSchema(
                "{\"type\": \"record\", \"name\": \"R\", \"namespace\": \"n\", \"fields\": [" + fields + "]}");
    }
}
