package io.usageflow.schema.registry.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import io.usageflow.schema.registry.SchemaRegistry.RegisteredSchema;
import io.usageflow.schema.registry.http.RegistryHttp.Answer;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.Optional;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Confluent's REST API, with one request per call, and one per further address after a failure. Caching and retries are
 * decorators. Thread-safe. Source: docs.confluent.io, Schema Registry API reference.
 */
public final class HttpSchemaRegistry implements SchemaRegistry {
    private final RegistryHttp http;

    public HttpSchemaRegistry(RegistryClientSettings settings) {
        this.http = new RegistryHttp(settings);
    }

    @Override
    public int register(String subject, Schema schema) {
        Call call = new Call("POST", subjectPath(subject) + "/versions");
        return call.known(http.send(call.method, call.path, body(schema)))
                .map(call::id)
                .orElseThrow(() -> call.unusable("the subject is unknown although it was to be created"));
    }

    @Override
    public Optional<Integer> idOf(String subject, Schema schema) {
        Call call = new Call("POST", subjectPath(subject));
        return call.known(http.send(call.method, call.path, body(schema))).map(call::id);
    }

    @Override
    public Optional<Schema> byId(int id) {
        Call call = new Call("GET", "/schemas/ids/" + id);
        // A follower may not know the id yet: all addresses are asked before it counts as unknown.
        return ResponseReader.schemaOfId(
                http.send(call.method, call.path, null, answer -> answer.status() == 404), call.toString());
    }

    @Override
    public Optional<RegisteredSchema> latest(String subject) {
        Call call = new Call("GET", subjectPath(subject) + "/versions/latest");
        return call.known(http.send(call.method, call.path, null))
                .map(json ->
                        new RegisteredSchema(subject, call.number(json, "version"), call.id(json), call.schema(json)));
    }

    @Override
    public boolean isCompatible(String subject, Schema schema) {
        Call call = new Call("POST", "/compatibility" + subjectPath(subject) + "/versions/latest");
        return call.known(http.send(call.method, call.path, body(schema)))
                .map(json -> call.field(json, "is_compatible").asBoolean())
                .orElse(true);
    }

    @Override
    public Optional<Compatibility> compatibilityOf(String subject) {
        Call call = new Call("GET", configPath(subject));
        return call.known(http.send(call.method, call.path, null))
                .flatMap(json -> level(call.field(json, "compatibilityLevel").asText()));
    }

    @Override
    public boolean setCompatibility(String subject, Compatibility level) {
        Call call = new Call("PUT", configPath(subject));
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("compatibility", level.name())
                .toString();
        return call.known(http.send(call.method, call.path, body)).isPresent();
    }

    private static Optional<Compatibility> level(String name) {
        return Arrays.stream(Compatibility.values())
                .filter(level -> level.name().equals(name))
                .findFirst();
    }

    private static String body(Schema schema) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("schema", schema.toString())
                .toString();
    }

    private static String subjectPath(String subject) {
        return "/subjects/" + encoded(subject);
    }

    private static String configPath(String subject) {
        return "/config/" + encoded(subject);
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, UTF_8).replace("+", "%20");
    }

    /** A request, for messages, and how its answers are read. */
    private record Call(String method, String path) {
        /** The body of a success; empty if the registry knows no such subject, version or schema. */
        Optional<JsonNode> known(Answer answer) {
            return ResponseReader.known(answer, toString());
        }

        int id(JsonNode json) {
            return number(json, "id");
        }

        int number(JsonNode json, String name) {
            JsonNode number = field(json, name);
            if (!number.isInt()) {
                throw unusable("'" + name + "' is no number");
            }
            return number.intValue();
        }

        Schema schema(JsonNode json) {
            return ResponseReader.schema(json, toString());
        }

        JsonNode field(JsonNode json, String name) {
            @Nullable JsonNode field = json.get(name);
            if (field == null) {
                throw unusable("'" + name + "' is missing");
            }
            return field;
        }

        RegistryUnavailableException unusable(String what) {
            return ResponseReader.unusable(toString(), what);
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }
}
