package io.usageflow.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.usageflow.schema.registry.Compatibility;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.RegisteredSchema;
import io.usageflow.schema.registry.SchemaRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/** The routes, answers and error codes of Confluent's API. Source: docs.confluent.io, Schema Registry API reference. */
final class RegistryRoutes {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";

    private final InMemorySchemaRegistry registry;

    RegistryRoutes(InMemorySchemaRegistry registry) {
        this.registry = registry;
    }

    void addTo(RoutesConfig routes) {
        routes.get("/", context -> answer(context, JSON.createObjectNode()));
        routes.get("/schemas/types", context -> answer(context, array(List.of("AVRO"))));
        routes.get("/schemas/ids/{id}", this::schemaById);
        routes.get("/schemas/ids/{id}/schema", this::schemaTextById);
        routes.get("/schemas/ids/{id}/versions", this::versionsOfId);
        routes.get("/subjects", context -> answer(context, array(registry.subjects())));
        routes.post("/subjects/{subject}", this::lookUp);
        routes.get("/subjects/{subject}/versions", this::versions);
        routes.post("/subjects/{subject}/versions", this::register);
        routes.get("/subjects/{subject}/versions/{version}", this::version);
        routes.post("/compatibility/subjects/{subject}/versions", this::compatibility);
        routes.post("/compatibility/subjects/{subject}/versions/{version}", this::compatibility);
        routes.get("/config", this::globalLevel);
        routes.put("/config", this::setGlobalLevel);
        routes.get("/config/{subject}", this::level);
        routes.put("/config/{subject}", this::setLevel);
        routes.get("/mode", context -> answer(context, mode()));
        routes.get("/mode/{subject}", context -> answer(context, mode()));
        routes.exception(RegistryError.class, (error, context) -> refuse(context, error));
        routes.exception(
                SchemaRefusedException.class,
                (error, context) -> refuse(context, new RegistryError(409, 409, "" + error.getMessage())));
    }

    private void register(Context context) {
        Schema schema = schema(context);
        answer(context, JSON.createObjectNode().put("id", registry.register(subject(context), schema)));
    }

    private void lookUp(Context context) {
        String subject = subject(context);
        Schema schema = schema(context);
        requireSubject(subject);
        RegisteredSchema found = registry.versions(subject).stream()
                .filter(version -> version.schema().toString().equals(schema.toString()))
                .findFirst()
                .orElseThrow(RegistryError::schemaNotFound);
        answer(context, described(found));
    }

    private void versions(Context context) {
        String subject = subject(context);
        requireSubject(subject);
        ArrayNode numbers = JSON.createArrayNode();
        registry.versions(subject).forEach(version -> numbers.add(version.version()));
        answer(context, numbers);
    }

    private void version(Context context) {
        answer(context, described(versionAt(subject(context), context.pathParam("version"))));
    }

    private RegisteredSchema versionAt(String subject, String version) {
        requireSubject(subject);
        Optional<RegisteredSchema> found = version.equals("latest") || version.equals("-1")
                ? registry.latest(subject)
                : registry.version(
                        subject,
                        number(
                                version,
                                () -> new RegistryError(
                                        422,
                                        42202,
                                        "The specified version '" + version + "' is not a valid version id.")));
        return found.orElseThrow(() -> new RegistryError(404, 40402, "Version " + version + " not found."));
    }

    private void schemaById(Context context) {
        answer(context, JSON.createObjectNode().put("schema", byId(context).toString()));
    }

    private void schemaTextById(Context context) {
        context.contentType(MEDIA_TYPE).result(byId(context).toString());
    }

    private void versionsOfId(Context context) {
        Schema schema = byId(context);
        ArrayNode found = JSON.createArrayNode();
        for (String subject : registry.subjects()) {
            for (RegisteredSchema version : registry.versions(subject)) {
                if (version.schema().toString().equals(schema.toString())) {
                    found.addObject().put("subject", subject).put("version", version.version());
                }
            }
        }
        answer(context, found);
    }

    private Schema byId(Context context) {
        int id = number(context.pathParam("id"), RegistryError::schemaNotFound);
        return registry.byId(id).orElseThrow(RegistryError::schemaNotFound);
    }

    private void compatibility(Context context) {
        String subject = subject(context);
        Schema schema = schema(context);
        String version = context.pathParamMap().getOrDefault("version", "all");
        boolean compatible = version.equals("all") || version.equals("latest")
                ? registry.isCompatible(subject, schema)
                : registry.compatibilityOf(subject)
                        .orElse(registry.globalCompatibility())
                        .allows(schema, List.of(versionAt(subject, version).schema()));
        answer(context, JSON.createObjectNode().put("is_compatible", compatible));
    }

    private void globalLevel(Context context) {
        answer(
                context,
                JSON.createObjectNode()
                        .put(
                                "compatibilityLevel",
                                registry.globalCompatibility().name()));
    }

    private void setGlobalLevel(Context context) {
        Compatibility level = levelIn(context);
        registry.setGlobalCompatibility(level);
        answer(context, JSON.createObjectNode().put("compatibility", level.name()));
    }

    private void level(Context context) {
        String subject = subject(context);
        Optional<Compatibility> own = registry.compatibilityOf(subject);
        if (own.isEmpty() && !"true".equals(context.queryParam("defaultToGlobal"))) {
            throw new RegistryError(
                    404, 40408, "Subject '" + subject + "' does not have subject-level compatibility configured");
        }
        answer(
                context,
                JSON.createObjectNode()
                        .put(
                                "compatibilityLevel",
                                own.orElse(registry.globalCompatibility()).name()));
    }

    private void setLevel(Context context) {
        Compatibility level = levelIn(context);
        registry.setCompatibility(subject(context), level);
        answer(context, JSON.createObjectNode().put("compatibility", level.name()));
    }

    private static Compatibility levelIn(Context context) {
        String name = body(context).path("compatibility").asText();
        for (Compatibility level : Compatibility.values()) {
            if (level.name().equals(name)) {
                return level;
            }
        }
        throw new RegistryError(422, 42203, "Invalid compatibility level '" + name + "'.");
    }

    private static Schema schema(Context context) {
        JsonNode body = body(context);
        if (!body.path("schemaType").asText("AVRO").equals("AVRO")
                || !body.path("references").isEmpty()) {
            throw new RegistryError(422, 42201, "This registry takes Avro schemas without references only.");
        }
        try {
            return new Schema.Parser(NameValidator.UTF_VALIDATOR)
                    .parse(body.path("schema").asText());
        } catch (SchemaParseException e) {
            throw new RegistryError(422, 42201, "Invalid schema: " + e.getMessage());
        }
    }

    private static JsonNode body(Context context) {
        try {
            return JSON.readTree(context.body());
        } catch (JsonProcessingException e) {
            throw new RegistryError(400, 400, "The request's body is no JSON.");
        }
    }

    private void requireSubject(String subject) {
        if (registry.versions(subject).isEmpty()) {
            throw new RegistryError(404, 40401, "Subject '" + subject + "' not found.");
        }
    }

    private static String subject(Context context) {
        return context.pathParam("subject");
    }

    private static int number(String text, java.util.function.Supplier<RegistryError> otherwise) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw otherwise.get();
        }
    }

    private static ObjectNode described(RegisteredSchema version) {
        return JSON.createObjectNode()
                .put("subject", version.subject())
                .put("version", version.version())
                .put("id", version.id())
                .put("schema", version.schema().toString());
    }

    private static ObjectNode mode() {
        return JSON.createObjectNode().put("mode", "READWRITE");
    }

    private static ArrayNode array(List<String> texts) {
        ArrayNode array = JSON.createArrayNode();
        new ArrayList<>(texts).forEach(array::add);
        return array;
    }

    private static void answer(Context context, JsonNode json) {
        context.contentType(MEDIA_TYPE).result(json.toString());
    }

    private static void refuse(Context context, RegistryError error) {
        context.status(error.status);
        answer(context, JSON.createObjectNode().put("error_code", error.code).put("message", "" + error.getMessage()));
    }

    /** An error of Confluent's list. */
    private static final class RegistryError extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final int status;
        private final int code;

        RegistryError(int status, int code, String message) {
            super(message, null, false, false);
            this.status = status;
            this.code = code;
        }

        static RegistryError schemaNotFound() {
            return new RegistryError(404, 40403, "Schema not found");
        }
    }
}
