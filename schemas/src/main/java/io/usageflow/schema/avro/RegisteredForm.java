package io.usageflow.schema.avro;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;

/**
 * A schema as registered: without {@code avro.java.string}, which only selects the string class of this JVM's generated
 * classes. Without it, a subject has one version for all languages.
 */
public final class RegisteredForm {
    private static final String JAVA_STRING = "avro.java.string";
    private static final ObjectMapper JSON = new ObjectMapper();

    private RegisteredForm() {}

    public static Schema registeredForm(Schema schema) {
        try {
            // As lenient as the registry client: another client's schema must not fail here.
            return new Schema.Parser(NameValidator.UTF_VALIDATOR)
                    .setValidateDefaults(false)
                    .parse(registeredForm(JSON.readTree(schema.toString())).toString());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Avro wrote a schema that is not JSON: " + schema.getFullName(), e);
        }
    }

    private static JsonNode registeredForm(JsonNode node) {
        if (node instanceof ArrayNode array) {
            ArrayNode plain = JsonNodeFactory.instance.arrayNode();
            array.forEach(element -> plain.add(registeredForm(element)));
            return plain;
        }
        if (node instanceof ObjectNode object) {
            ObjectNode plain = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                if (!field.getKey().equals(JAVA_STRING)) {
                    plain.set(field.getKey(), registeredForm(field.getValue()));
                }
            }
            boolean isBareString =
                    plain.size() == 1 && plain.path("type").asText().equals("string");
            return isBareString ? plain.get("type") : plain;
        }
        return node;
    }
}
