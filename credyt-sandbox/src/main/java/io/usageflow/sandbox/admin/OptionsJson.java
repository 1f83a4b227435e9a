package io.usageflow.sandbox.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.json.Json;
import java.util.Map;
import java.util.stream.Collectors;

/** The behaviour as JSON, and a change of some of its values. Pure. */
final class OptionsJson {
    private OptionsJson() {}

    static JsonNode write(Behaviour behaviour) {
        return Json.MAPPER.valueToTree(behaviour);
    }

    /** @throws IllegalArgumentException where a name or a value is wrong; the message has both */
    static Behaviour patched(Behaviour behaviour, ObjectNode patch) {
        ObjectNode merged = Json.MAPPER.valueToTree(behaviour);
        merge(merged, patch);
        try {
            return Json.MAPPER.treeToValue(merged, Behaviour.class);
        } catch (JsonMappingException e) {
            String name = e.getPath().stream()
                    .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                    .collect(Collectors.joining("."));
            throw new IllegalArgumentException(name + ": " + e.getOriginalMessage(), e);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree cannot be malformed", e);
        }
    }

    private static void merge(ObjectNode into, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            JsonNode present = into.get(change.getKey());
            if (present instanceof ObjectNode inner && change.getValue() instanceof ObjectNode innerPatch) {
                merge(inner, innerPatch);
            } else {
                into.set(change.getKey(), change.getValue());
            }
        }
    }
}
