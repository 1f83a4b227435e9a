package io.usageflow.forwarder.delivery.answer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the JSON body of a 2xx says more of the events than Credyt's documents explain. They show no body
 * of {@code POST /events}, but an event as Credyt repeats it, and pages with {@code items} (docs/credyt-api.md, 2 and
 * 3). Every other field might mean that an event was not stored, whatever its name. Pure.
 */
final class SuccessBody {
    /** Scalars that identify something, date it, or describe a page. */
    private static final Set<String> NEUTRAL = Set.of(
            "id",
            "request_id",
            "trace_id",
            "customer_id",
            "customer_external_id",
            "created_at",
            "total_count",
            "limit",
            "offset");

    /** Fields of an event. Their values are the producer's, or fees. */
    private static final Set<String> OF_EVENT =
            Set.of("event_type", "occurred_at", "subject", "description", "data", "costs", "fees");

    private static final Set<String> LISTS = Set.of("items", "events");

    /** The ids of the objects in lists, and of an event that is the whole body. */
    private final Set<String> listed = new HashSet<>();

    private @Nullable String statement;

    private SuccessBody() {}

    /**
     * Returns the first statement that no document explains; empty if the body says nothing of the events, or repeats
     * all of them.
     *
     * @param ids the request's event ids
     */
    static Optional<String> undocumented(JsonNode root, List<String> ids) {
        var body = new SuccessBody();
        if (root.isArray()) {
            body.list(root);
        } else if (root.isObject()) {
            if (isEvent(root) || ids.contains(root.path("id").asText())) {
                body.listed.add(root.path("id").asText());
            }
            body.fields(root);
        } else if (!root.isNull()) {
            body.note(root.toString());
        }
        // A list may be of the events that Credyt has, or of those that it has not.
        boolean leavesOut = ids.stream().anyMatch(body.listed::contains)
                ? !body.listed.containsAll(ids)
                : !body.listed.isEmpty() && body.listed.size() != ids.size();
        if (leavesOut) {
            body.note(body.listed.size() + " listed of " + ids.size() + " events");
        }
        return Optional.ofNullable(body.statement);
    }

    private void list(JsonNode list) {
        for (JsonNode element : list) {
            if (element.isObject()) {
                Optional.ofNullable(element.get("id")).ifPresent(id -> listed.add(id.asText()));
                fields(element);
            } else {
                note(element.toString());
            }
        }
    }

    private void fields(JsonNode object) {
        boolean event = isEvent(object);
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            if (!event && LISTS.contains(name) && value.isArray()) {
                list(value);
            } else if (!isSilent(name, value, event)) {
                note(name + " " + value);
            }
        }
    }

    private static boolean isSilent(String name, JsonNode value, boolean event) {
        return value.isNull()
                || (NEUTRAL.contains(name) && value.isValueNode())
                || (event && OF_EVENT.contains(name))
                || (name.equals("errors") && value.isContainerNode() && value.isEmpty());
    }

    private static boolean isEvent(JsonNode object) {
        return object.path("event_type").isTextual();
    }

    private void note(String said) {
        statement = statement == null ? said : statement;
    }
}
