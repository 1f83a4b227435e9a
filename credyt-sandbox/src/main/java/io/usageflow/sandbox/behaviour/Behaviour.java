package io.usageflow.sandbox.behaviour;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.json.Json;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The switches of a running sandbox. Immutable.
 *
 * @param apiKeys the accepted keys; empty (default) accepts every key that is not blank
 */
public record Behaviour(
        Set<String> apiKeys, EventAnswers answers, ValidationRules rules, Limits limits, Outage outage) {
    public static final Behaviour DEFAULT =
            new Behaviour(Set.of(), EventAnswers.DEFAULT, ValidationRules.DEFAULT, Limits.DEFAULT, Outage.NONE);

    public Behaviour {
        apiKeys = Set.copyOf(apiKeys);
    }

    public Behaviour withApiKeys(Set<String> keys) {
        return new Behaviour(keys, answers, rules, limits, outage);
    }

    public Behaviour withAnswers(EventAnswers changed) {
        return new Behaviour(apiKeys, changed, rules, limits, outage);
    }

    public Behaviour withRules(ValidationRules changed) {
        return new Behaviour(apiKeys, answers, changed, limits, outage);
    }

    public Behaviour withLimits(Limits changed) {
        return new Behaviour(apiKeys, answers, rules, changed, outage);
    }

    public Behaviour withOutage(Outage changed) {
        return new Behaviour(apiKeys, answers, rules, limits, changed);
    }

    /**
     * A copy with some values changed.
     *
     * @param patch the values by their JSON names, nested as in the JSON of the whole
     * @throws IllegalArgumentException if a name or a value is wrong; the message has both
     */
    public Behaviour patched(ObjectNode patch) {
        ObjectNode merged = Json.MAPPER.valueToTree(this);
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

    /** A failure of the whole API. The admin surface keeps answering. */
    public enum Outage {
        NONE,
        /** Every request is answered 503. */
        UNAVAILABLE,
        /** Every connection is closed without a response. */
        DROP
    }
}
