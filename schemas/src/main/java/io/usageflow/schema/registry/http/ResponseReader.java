package io.usageflow.schema.registry.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.registry.SchemaRegistry.SchemaRefusedException;
import io.usageflow.schema.registry.SchemaRegistry.UnusableSchemaException;
import io.usageflow.schema.registry.http.RegistryHttp.Answer;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;

/** Reads a registry's responses. Pure. */
final class ResponseReader {
    /** Subject, version or schema not found; subject without a level of its own. */
    private static final Set<Integer> UNKNOWN = Set.of(40401, 40402, 40403, 40408);

    /** Of a schema's text; the largest of ours has 4,000. */
    static final int SCHEMA_CHARS_MAX = 1 << 20;

    private static final int MESSAGE_CHARS_MAX = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ResponseReader() {}

    /**
     * The body of a success; empty if the registry does not know the subject, version or schema.
     *
     * @throws SchemaRefusedException for 409 and 422
     * @throws RegistryUnavailableException for everything else
     */
    static Optional<JsonNode> known(Answer answer, String request) {
        String where = "schema registry " + answer.address() + ", " + request + ": ";
        int status = answer.status();
        if (answer.cut()) {
            throw RegistryUnavailableException.passing(
                    where + "the answer is longer than " + RegistryHttp.ANSWER_BYTES_MAX + " bytes", null);
        }
        if (status >= 200 && status < 300) {
            return Optional.of(parsed(answer, where));
        }
        if (status == 404 && UNKNOWN.contains(errorCode(answer))) {
            return Optional.empty();
        }
        String said = where + "answered " + status + message(answer);
        throw switch (status) {
            case 409 ->
                new SchemaRefusedException(said + ": the schema is not compatible with the subject's versions;"
                        + " give new fields a default and change no type to one that cannot read the old");
            case 422 -> new SchemaRefusedException(said + ": the registry holds the request to be invalid");
            default -> away(answer, said);
        };
    }

    private static RegistryUnavailableException away(Answer answer, String said) {
        return switch (answer.status()) {
            case 401, 403 ->
                RegistryUnavailableException.lasting(said + ": check " + RegistryCredentials.USER_INFO + " or "
                        + RegistryCredentials.BEARER_TOKEN + ", and what its user may do");
            case 404 ->
                RegistryUnavailableException.lasting(said + ": no registry seems to be there; check the path in "
                        + RegistryClientSettings.URL + " (Apicurio's is /apis/ccompat/v7)");
            default -> RegistryUnavailableException.lasting(said + ": check " + RegistryClientSettings.URL);
        };
    }

    /**
     * The schema of a record's id; empty if the registry does not know the id. Every other registry response is a
     * property of the id, which anyone may have written. A response that is not a registry's, such as a proxy's page,
     * says nothing about the id.
     *
     * @throws UnusableSchemaException if the registry's response is not an Avro schema
     * @throws RegistryUnavailableException for 401, 403, and a response that is not a registry's
     */
    static Optional<Schema> schemaOfId(Answer answer, String request) {
        String where = "schema registry " + answer.address() + ", " + request + ": ";
        int status = answer.status();
        boolean isSuccess = status >= 200 && status < 300;
        if (isSuccess && answer.cut()) {
            throw new UnusableSchemaException(
                    where + "the answer is longer than " + RegistryHttp.ANSWER_BYTES_MAX + " bytes");
        }
        boolean isRefusal = status >= 400
                && status != 401
                && status != 403
                && error(answer).path("error_code").isInt();
        if (isSuccess) {
            return known(answer, request).map(json -> schema(json, request));
        }
        if (!isRefusal) {
            throw away(answer, where + "answered " + status + message(answer));
        }
        if (status == 404) {
            return Optional.empty();
        }
        throw new UnusableSchemaException(where + "answered " + status + message(answer));
    }

    /** @throws UnusableSchemaException if it is not an Avro schema that this JVM can use */
    static Schema schema(JsonNode json, String request) {
        JsonNode text = json.path("schema");
        if (!text.isTextual()) {
            throw unusable(request, "'schema' is missing");
        }
        String where = "schema registry, " + request + ": ";
        String type = json.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            throw new UnusableSchemaException(
                    where + "the schema is " + type + ", not AVRO: publish with an Avro serializer");
        }
        if (text.textValue().length() > SCHEMA_CHARS_MAX) {
            throw new UnusableSchemaException(where + "the schema is longer than " + SCHEMA_CHARS_MAX + " characters");
        }
        try {
            // Lenient with schemas of other clients: strictness would only lose records.
            return new Schema.Parser(NameValidator.UTF_VALIDATOR)
                    .setValidateDefaults(false)
                    .parse(text.textValue());
        } catch (RuntimeException | StackOverflowError e) {
            String remedy = json.path("references").isEmpty() ? "" : "; register it whole, without references";
            throw new UnusableSchemaException(where + "the schema is no Avro schema that can be read" + remedy, e);
        }
    }

    static RegistryUnavailableException unusable(String request, String what) {
        return RegistryUnavailableException.passing(
                "schema registry, " + request + ": the answer is not a registry's: " + what, null);
    }

    private static JsonNode parsed(Answer answer, String where) {
        try {
            JsonNode json = JSON.readTree(answer.body());
            if (json != null && json.isObject()) {
                return json;
            }
        } catch (IOException e) {
            throw RegistryUnavailableException.passing(where + "the answer is cut or no JSON", e);
        }
        throw RegistryUnavailableException.passing(where + "the answer is no JSON object", null);
    }

    private static int errorCode(Answer answer) {
        return error(answer).path("error_code").asInt();
    }

    private static String message(Answer answer) {
        String text = error(answer).path("message").asText("");
        String bounded = text.length() > MESSAGE_CHARS_MAX ? text.substring(0, MESSAGE_CHARS_MAX) + "…" : text;
        return bounded.isEmpty() ? "" : " (" + bounded + ")";
    }

    /** The error as JSON; an empty object if it is something else, such as a proxy's page. */
    private static JsonNode error(Answer answer) {
        try {
            JsonNode json = JSON.readTree(answer.body());
            return json == null ? JSON.createObjectNode() : json;
        } catch (IOException e) {
            return JSON.createObjectNode();
        }
    }
}
