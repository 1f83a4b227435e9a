package io.usageflow.forwarder.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.json.ReportJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** {@code openapi.json}, with the part of JSON Schema that it uses. */
final class OpenApi {
    private final JsonNode document;

    private OpenApi(JsonNode document) {
        this.document = document;
    }

    static OpenApi read() {
        try (InputStream in = Objects.requireNonNull(Api.class.getResourceAsStream("openapi.json"))) {
            return new OpenApi(ReportJson.read(new String(in.readAllBytes(), UTF_8), JsonNode.class));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Each as {@code GET /path?parameter=}, parameters in alphabetical order. */
    Set<String> routes() {
        var routes = new TreeSet<String>();
        document.path("paths").properties().forEach(path -> path.getValue()
                .properties()
                .forEach(method -> routes.add(
                        route(method.getKey(), path.getKey(), texts(method.getValue(), "/parameters", "name")))));
        return routes;
    }

    static String route(String method, String path, List<String> parameters) {
        return method.toUpperCase(java.util.Locale.ROOT) + " " + path
                + (parameters.isEmpty()
                        ? ""
                        : "?"
                                + String.join(
                                        "&",
                                        parameters.stream()
                                                .sorted()
                                                .map(name -> name + "=")
                                                .toList()));
    }

    private static List<String> texts(JsonNode node, String pointer, String field) {
        return StreamSupport.stream(node.at(pointer).spliterator(), false)
                .map(each -> each.path(field).asText())
                .toList();
    }

    JsonNode schema(String name) {
        return document.at("/components/schemas/" + name);
    }

    /** The schema of an answer. */
    JsonNode answer(String path, String method, int status) {
        return document.path("paths")
                .path(path)
                .path(method)
                .path("responses")
                .path(String.valueOf(status))
                .at("/content/application~1json/schema");
    }

    /**
     * Compares a document with a schema.
     *
     * @param met takes each described field that the document has
     * @return what differs, a sentence each
     */
    List<String> differences(JsonNode schema, JsonNode value, Set<String> met) {
        var differences = new ArrayList<String>();
        compare("", schema, value, met, differences);
        return differences;
    }

    /** All fields that a schema describes, by the path that {@link #differences} uses. */
    Set<String> fields(JsonNode schema) {
        var fields = new TreeSet<String>();
        fields("", schema, fields);
        return fields;
    }

    private JsonNode resolved(JsonNode schema) {
        return schema.has("$ref") ? document.at(schema.path("$ref").asText().substring(1)) : schema;
    }

    private void fields(String path, JsonNode named, Set<String> fields) {
        JsonNode schema = resolved(named);
        schema.path("oneOf").forEach(each -> fields(path, each, fields));
        schema.path("properties").properties().forEach(property -> {
            fields.add(path + "." + property.getKey());
            fields(path + "." + property.getKey(), property.getValue(), fields);
        });
        if (schema.has("items")) {
            fields(path + "[]", schema.path("items"), fields);
        }
        if (schema.path("additionalProperties").isObject()) {
            fields(path + ".*", schema.path("additionalProperties"), fields);
        }
    }

    private void compare(String path, JsonNode named, JsonNode value, Set<String> met, List<String> differences) {
        JsonNode schema = resolved(named);
        if (schema.has("oneOf")) {
            boolean fits = StreamSupport.stream(schema.path("oneOf").spliterator(), false)
                    .anyMatch(each -> differences(each, value, new TreeSet<>()).isEmpty());
            if (!fits) {
                differences.add(path + ": none of the described forms fits " + value);
            }
            schema.path("oneOf").forEach(each -> {
                if (differences(each, value, new TreeSet<>()).isEmpty()) {
                    compare(path, each, value, met, differences);
                }
            });
            return;
        }
        if (!schema.has("type") || !types(schema).contains(type(value, types(schema)))) {
            differences.add(path + ": " + value + " is no " + schema.path("type"));
            return;
        }
        if (schema.has("enum") && !texts(schema.path("enum")).contains(value.asText())) {
            differences.add(path + ": " + value + " is none of " + schema.path("enum"));
        }
        if (value.isArray()) {
            value.forEach(element -> compare(path + "[]", schema.path("items"), element, met, differences));
        }
        if (value.isObject()) {
            object(path, schema, value, met, differences);
        }
    }

    private void object(String path, JsonNode schema, JsonNode value, Set<String> met, List<String> differences) {
        value.properties().forEach(field -> {
            JsonNode described = schema.path("properties").path(field.getKey());
            JsonNode others = schema.path("additionalProperties");
            if (!described.isMissingNode()) {
                met.add(path + "." + field.getKey());
                compare(path + "." + field.getKey(), described, field.getValue(), met, differences);
            } else if (others.isObject()) {
                compare(path + ".*", others, field.getValue(), met, differences);
            } else if (others.isBoolean() && !others.asBoolean()) {
                differences.add(path + "." + field.getKey() + " is not described");
            }
        });
        texts(schema.path("required")).stream()
                .filter(name -> !value.has(name))
                .forEach(name -> differences.add(path + "." + name + " is missing"));
    }

    private static List<String> types(JsonNode schema) {
        JsonNode type = schema.path("type");
        return type.isArray() ? texts(type) : List.of(type.asText());
    }

    private static String type(JsonNode value, List<String> allowed) {
        return switch (value.getNodeType()) {
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case NULL -> "null";
            case ARRAY -> "array";
            case NUMBER -> value.isIntegralNumber() && allowed.contains("integer") ? "integer" : "number";
            default -> "object";
        };
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
