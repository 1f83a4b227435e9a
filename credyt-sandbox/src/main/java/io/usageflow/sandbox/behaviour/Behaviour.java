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

    /**
     * A copy with one value changed.
     *
     * @param path its JSON names: {@code answers.batch_mode}
     * @throws IllegalArgumentException as {@link #patched}
     */
    public Behaviour with(String path, Object value) {
        ObjectNode patch = Json.MAPPER.valueToTree(Map.of(path.substring(path.lastIndexOf('.') + 1), value));
        return patched(path.contains(".") ? Json.object().set(path.substring(0, path.indexOf('.')), patch) : patch);
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

    /**
     * Bounds of the sandbox; none is known of Credyt. Immutable.
     *
     * @param maxBodyBytes a longer body is answered 413; default 10 MiB
     * @param maxBatchEvents more events in a request are answered 413; default 10,000
     * @param requestsPerSecond more are answered 429; 0 (default) means no limit
     * @param retryAfterSeconds the {@code Retry-After} of such a 429; 0 leaves the header out; default 1
     * @param concurrentRequests more at once are answered 503; 0 (default) means no limit
     * @param requestLog requests remembered, newest kept; default 1,000, at most 1,000,000
     */
    public record Limits(
            int maxBodyBytes,
            int maxBatchEvents,
            int requestsPerSecond,
            int retryAfterSeconds,
            int concurrentRequests,
            int requestLog) {
        public static final Limits DEFAULT = new Limits(10 * 1024 * 1024, 10_000, 0, 1, 0, 1_000);

        public Limits {
            within("max_body_bytes", maxBodyBytes, 1, Integer.MAX_VALUE - 16);
            within("max_batch_events", maxBatchEvents, 1, Integer.MAX_VALUE);
            within("requests_per_second", requestsPerSecond, 0, 1_000_000_000);
            within("retry_after_seconds", retryAfterSeconds, 0, 86_400);
            within("concurrent_requests", concurrentRequests, 0, 1_000_000);
            within("request_log", requestLog, 0, 1_000_000);
        }

        private static void within(String name, int value, int min, int max) {
            if (value < min || value > max) {
                throw new IllegalArgumentException(
                        "limits." + name + " is " + value + ": use a number from " + min + " to " + max);
            }
        }
    }
}
