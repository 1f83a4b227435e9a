package io.usageflow.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import io.usageflow.schema.registry.SchemaRegistry.RegisteredSchema;
import io.usageflow.schema.registry.SchemaRegistry.SchemaRefusedException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/** The routes, answers and error codes of Confluent's API. Source: docs.confluent.io, Schema Registry API reference. */
final class RegistryRoutes {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";

    private final RegistryStore store;
    private final InMemorySchemaRegistry registry;

    RegistryRoutes(RegistryStore store) {
        this.store = store;
        this.registry = store.registry();
    }

    void addTo(RoutesConfig routes) {
        routes.get("/", context -> answer(context, JSON.createObjectNode()));
        routes.get("/schemas/types", context -> answer(context, array(List.of("AVRO"))));
        routes.get("/schemas/ids/{id}", this::schemaById);
        routes.get("/schemas/ids/{id}/schema", this::schemaTextById);
        routes.get("/schemas/ids/{id}/subjects", this::subjectsOfId);
        routes.get("/schemas/ids/{id}/versions", this::versionsOfId);
        routes.get("/subjects", context -> answer(context, array(registry.subjects())));
        routes.post("/subjects/{subject}", this::lookUp);
        routes.get("/subjects/{subject}/versions", this::versions);
        routes.post("/subjects/{subject}/versions", this::register);
        routes.get("/subjects/{subject}/versions/{version}", this::version);
        routes.get("/subjects/{subject}/versions/{version}/schema", this::versionText);
        routes.post("/compatibility/subjects/{subject}/versions", this::compatibility);
        routes.post("/compatibility/subjects/{subject}/versions/{version}", this::compatibility);
        routes.get("/config", this::globalLevel);
        routes.put("/config", context -> setLevel(context, Optional.empty()));
        routes.get("/config/{subject}", this::level);
        routes.put("/config/{subject}", context -> setLevel(context, Optional.of(subject(context))));
        routes.get("/mode", context -> answer(context, mode()));
        routes.get("/mode/{subject}", context -> answer(context, mode()));
        routes.exception(RegistryError.class, (error, context) -> refuse(context, error));
        routes.exception(
                SchemaRefusedException.class,
                (error, context) -> refuse(context, RegistryError.notCompatible("" + error.getMessage())));
    }

    private void register(Context context) {
        int id = store.register(subject(context), schema(context));
        answer(context, JSON.createObjectNode().put("id", id));
    }

    private void lookUp(Context context) {
        String subject = subject(context);
        Schema schema = schema(context);
        requireSubject(subject);
        RegisteredSchema found = registry.versions(subject).stream()
                .filter(version -> isSame(version.schema(), schema))
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

    private void versionText(Context context) {
        Schema schema =
                versionAt(subject(context), context.pathParam("version")).schema();
        context.contentType(MEDIA_TYPE).result(schema.toString());
    }

    private RegisteredSchema versionAt(String subject, String version) {
        requireSubject(subject);
        boolean latest = version.equals("latest") || version.equals("-1");
        Optional<RegisteredSchema> found = latest
                ? registry.latest(subject)
                : registry.version(subject, number(version, () -> RegistryError.invalidVersion(version)));
        return found.orElseThrow(() -> RegistryError.versionNotFound(version));
    }

    private void schemaById(Context context) {
        answer(context, JSON.createObjectNode().put("schema", byId(context).toString()));
    }

    private void schemaTextById(Context context) {
        context.contentType(MEDIA_TYPE).result(byId(context).toString());
    }

    private void subjectsOfId(Context context) {
        answer(
                context,
                array(versionsOf(byId(context)).stream()
                        .map(RegisteredSchema::subject)
                        .distinct()
                        .toList()));
    }

    private void versionsOfId(Context context) {
        ArrayNode found = JSON.createArrayNode();
        versionsOf(byId(context))
                .forEach(version ->
                        found.addObject().put("subject", version.subject()).put("version", version.version()));
        answer(context, found);
    }

    private List<RegisteredSchema> versionsOf(Schema schema) {
        return registry.subjects().stream()
                .flatMap(subject -> registry.versions(subject).stream())
                .filter(version -> isSame(version.schema(), schema))
                .toList();
    }

    private Schema byId(Context context) {
        int id = number(context.pathParam("id"), RegistryError::schemaNotFound);
        return registry.byId(id).orElseThrow(RegistryError::schemaNotFound);
    }

    private void compatibility(Context context) {
        String subject = subject(context);
        Schema schema = schema(context);
        String version = context.pathParamMap().getOrDefault("version", "all");
        boolean bySubject = version.equals("all") || version.equals("latest");
        boolean compatible = bySubject
                ? registry.isCompatible(subject, schema)
                : levelOf(subject)
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

    private void level(Context context) {
        String subject = subject(context);
        if (registry.compatibilityOf(subject).isEmpty() && !"true".equals(context.queryParam("defaultToGlobal"))) {
            throw RegistryError.noLevelOfItsOwn(subject);
        }
        answer(
                context,
                JSON.createObjectNode()
                        .put("compatibilityLevel", levelOf(subject).name()));
    }

    private Compatibility levelOf(String subject) {
        return registry.compatibilityOf(subject).orElse(registry.globalCompatibility());
    }

    private void setLevel(Context context, Optional<String> subject) {
        String name = body(context).path("compatibility").asText();
        for (Compatibility level : Compatibility.values()) {
            if (level.name().equals(name)) {
                store.setLevel(subject, level);
                answer(context, JSON.createObjectNode().put("compatibility", name));
                return;
            }
        }
        throw RegistryError.invalidLevel(name);
    }

    private static Schema schema(Context context) {
        JsonNode body = body(context);
        if (!body.path("schemaType").asText("AVRO").equals("AVRO")
                || !body.path("references").isEmpty()) {
            throw RegistryError.invalidSchema("this registry takes Avro schemas without references only");
        }
        try {
            return new Schema.Parser(NameValidator.UTF_VALIDATOR)
                    .parse(body.path("schema").asText());
        } catch (SchemaParseException e) {
            throw RegistryError.invalidSchema("" + e.getMessage());
        }
    }

    private static JsonNode body(Context context) {
        try {
            return JSON.readTree(context.body());
        } catch (JsonProcessingException e) {
            throw RegistryError.noJson();
        }
    }

    private void requireSubject(String subject) {
        if (registry.versions(subject).isEmpty()) {
            throw RegistryError.subjectNotFound(subject);
        }
    }

    private static String subject(Context context) {
        return context.pathParam("subject");
    }

    private static int number(String text, Supplier<RegistryError> otherwise) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw otherwise.get();
        }
    }

    /** By their text, as ids are given: Avro's equality overlooks documentation. */
    private static boolean isSame(Schema one, Schema other) {
        return one.toString().equals(other.toString());
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
        texts.forEach(array::add);
        return array;
    }

    private static void answer(Context context, JsonNode json) {
        context.contentType(MEDIA_TYPE).result(json.toString());
    }

    private static void refuse(Context context, RegistryError error) {
        context.status(error.status());
        answer(
                context,
                JSON.createObjectNode().put("error_code", error.code()).put("message", "" + error.getMessage()));
    }
}
