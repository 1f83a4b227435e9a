package io.usageflow.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.embedded.EmbeddedBroker.PortBusyException;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import io.usageflow.schema.registry.SchemaRegistry.RegisteredSchema;
import io.usageflow.schema.registry.SchemaRegistry.SchemaRefusedException;
import io.usageflow.schema.registry.client.SchemaRegistries;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.serde.UnknownSchemaException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class SchemaRegistryServerIT {
    private static final Schema ONE_FIELD = record("{\"name\": \"a\", \"type\": \"string\"}");
    private static final Schema ONE_MORE_WITH_DEFAULT =
            record("{\"name\": \"a\", \"type\": \"string\"}, {\"name\": \"b\", \"type\": \"int\", \"default\": 7}");
    private static final Schema ONE_MORE_WITHOUT_DEFAULT =
            record("{\"name\": \"a\", \"type\": \"string\"}, {\"name\": \"b\", \"type\": \"int\"}");

    private final InMemorySchemaRegistry memory = new InMemorySchemaRegistry();

    @AutoClose
    private final SchemaRegistryServer server = SchemaRegistryServer.start(0, memory);

    private final SchemaRegistry client =
            SchemaRegistries.connect(Map.of("schema.registry.url", server.url(), "max.retries", "0"));

    @Test
    void shouldRegisterAndFindSchemas() {
        int id = client.register("topic-value", ONE_FIELD);

        assertThat(id).isEqualTo(1);
        assertThat(client.register("other/subject value", ONE_FIELD))
                .as("same text, same id")
                .isEqualTo(1);
        assertThat(client.byId(id)).hasValue(ONE_FIELD);
        assertThat(client.idOf("topic-value", ONE_FIELD)).hasValue(id);
        assertThat(client.latest("topic-value")).hasValue(new RegisteredSchema("topic-value", 1, id, ONE_FIELD));
        assertThat(memory.subjects()).containsExactly("other/subject value", "topic-value");
        assertThat(client.compatibilityOf("topic-value")).hasValue(Compatibility.BACKWARD_TRANSITIVE);
    }

    @Test
    void shouldAnswerWhatItDoesNotKnow() {
        assertThat(client.byId(5)).isEmpty();
        assertThat(client.idOf("none", ONE_FIELD)).isEmpty();
        assertThat(client.latest("none")).isEmpty();
        assertThat(client.isCompatible("none", ONE_FIELD)).isTrue();
        assertThat(client.compatibilityOf("none")).isEmpty();

        client.register("some", ONE_FIELD);
        assertThat(client.idOf("some", ONE_MORE_WITH_DEFAULT)).isEmpty();
    }

    @Test
    void shouldRefuseWhatCannotReadTheOld() {
        client.register("topic-value", ONE_FIELD);

        assertThat(client.isCompatible("topic-value", ONE_MORE_WITHOUT_DEFAULT)).isFalse();
        assertThatThrownBy(() -> client.register("topic-value", ONE_MORE_WITHOUT_DEFAULT))
                .isInstanceOf(SchemaRefusedException.class)
                .hasMessageContaining("topic-value")
                .hasMessageContaining("409");
        assertThat(client.isCompatible("topic-value", ONE_MORE_WITH_DEFAULT)).isTrue();
        assertThat(client.register("topic-value", ONE_MORE_WITH_DEFAULT)).isEqualTo(2);
        assertThat(client.latest("topic-value").orElseThrow().version()).isEqualTo(2);
    }

    @Test
    void shouldAnswerAsConfluentDoes() throws Exception {
        client.register("topic-value", ONE_FIELD);

        assertThat(get("/subjects")).isEqualTo("200 [\"topic-value\"]");
        assertThat(get("/subjects/topic-value/versions")).isEqualTo("200 [1]");
        assertThat(get("/subjects/topic-value/versions/1"))
                .startsWith("200 {\"subject\":\"topic-value\",\"version\":1,\"id\":1");
        assertThat(get("/subjects/topic-value/versions/9")).startsWith("404 {\"error_code\":40402");
        assertThat(get("/subjects/topic-value/versions/x")).startsWith("422 {\"error_code\":42202");
        assertThat(get("/subjects/none/versions")).startsWith("404 {\"error_code\":40401");
        assertThat(get("/schemas/ids/1/schema")).isEqualTo("200 " + ONE_FIELD);
        assertThat(get("/schemas/ids/1/versions")).isEqualTo("200 [{\"subject\":\"topic-value\",\"version\":1}]");
        assertThat(get("/schemas/ids/2")).startsWith("404 {\"error_code\":40403");
        assertThat(get("/schemas/types")).isEqualTo("200 [\"AVRO\"]");
        assertThat(get("/config")).isEqualTo("200 {\"compatibilityLevel\":\"BACKWARD\"}");
        assertThat(get("/config/none")).startsWith("404 {\"error_code\":40408");
        assertThat(get("/config/none?defaultToGlobal=true")).isEqualTo("200 {\"compatibilityLevel\":\"BACKWARD\"}");
        assertThat(get("/mode")).isEqualTo("200 {\"mode\":\"READWRITE\"}");
        assertThat(send("POST", "/subjects/s/versions", "{\"schema\":\"{\"}")).startsWith("422 {\"error_code\":42201");
        assertThat(send("POST", "/subjects/s/versions", "{\"schema\":\"{}\",\"schemaType\":\"JSON\"}"))
                .startsWith("422 {\"error_code\":42201");
        assertThat(send("POST", "/subjects/s/versions", "nonsense")).startsWith("400 {\"error_code\":400");
        assertThat(send("PUT", "/config/s", "{\"compatibility\":\"SOME\"}")).startsWith("422 {\"error_code\":42203");
        assertThat(send("PUT", "/config", "{\"compatibility\":\"FULL\"}"))
                .isEqualTo("200 {\"compatibility\":\"FULL\"}");
        assertThat(memory.globalCompatibility()).isEqualTo(Compatibility.FULL);
    }

    @Test
    void shouldServeSerializers() {
        Map<String, Object> config = Map.of("schema.registry.url", server.url(), "max.retries", "0");
        VendorLink link = new VendorLink(
                "openai", new CredytReference(ReferenceKind.CREDYT_ID, "vnd_1", null), Instant.ofEpochMilli(1));

        byte[] bytes = AvroSerdes.<VendorLink>valueSerializer(config).serialize("links", link);

        assertThat(AvroSerdes.valueDeserializer(config, VendorLink.class).deserialize("links", bytes))
                .isEqualTo(link);
        bytes[4] = 77;
        assertThatThrownBy(() ->
                        AvroSerdes.valueDeserializer(config, VendorLink.class).deserialize("links", bytes))
                .isInstanceOf(UnknownSchemaException.class);
    }

    @Test
    void shouldNameABusyPort() {
        assertThatThrownBy(() -> SchemaRegistryServer.start(server.port()))
                .isInstanceOf(PortBusyException.class)
                .hasMessageContaining("port " + server.port());
    }

    @Test
    void shouldBeAwayWhenClosed() {
        server.close();
        server.close();

        assertThatThrownBy(() -> client.byId(1))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining(server.url());
    }

    private String get(String path) throws Exception {
        return send("GET", path, "");
    }

    private String send(String method, String path, String body) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.url() + path))
                                .method(method, HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    private static Schema record(String fields) {
        return new Schema.Parser()
                .parse("{\"type\": \"record\", \"name\": \"R\", \"namespace\": \"n\", \"fields\": [" + fields + "]}");
    }
}
