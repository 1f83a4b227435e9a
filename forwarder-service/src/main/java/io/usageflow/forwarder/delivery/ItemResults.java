package io.usageflow.forwarder.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageflow.forwarder.delivery.Outcome.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the body of a 2xx says of single events. No per-item result is documented (CREDYT-API.md, 3), so the usual shapes
 * are read, and a failure that cannot be pinned to an event is reported as such. Pure.
 *
 * @param parts by index into the request, {@link Part#ACCEPTED} left out
 * @param unplaced whether the body tells of a failure without saying whose
 */
record ItemResults(Map<Integer, Part> parts, boolean unplaced) {
    private static final List<String> LISTS = List.of("results", "events", "items", "data");
    private static final List<String> FAILED_LISTS = List.of("errors", "failed", "failures", "rejected", "invalid");
    private static final List<String> FAILED_COUNTS =
            List.of("failed_count", "failedCount", "error_count", "errorCount", "rejected_count", "rejectedCount");
    private static final List<String> TAKEN_COUNTS = List.of(
            "accepted",
            "accepted_count",
            "acceptedCount",
            "duplicates",
            "duplicate_count",
            "duplicateCount",
            "ignored");
    private static final List<String> STATUSES =
            List.of("status", "status_code", "statusCode", "http_status", "httpStatus", "state", "outcome");
    /** Where an API wraps what it answers. */
    private static final List<String> WRAPPERS = List.of("data", "result", "response");

    private static final Set<String> BAD_WORDS = Set.of(
            "failed",
            "failure",
            "error",
            "rejected",
            "invalid",
            "refused",
            "denied",
            "dropped",
            "skipped",
            "unprocessable");
    private static final Set<String> LATER_WORDS =
            Set.of("retry", "throttled", "rate_limited", "unavailable", "timeout", "timed_out", "overloaded");
    private static final Set<String> KNOWN_WORDS =
            Set.of("duplicate", "duplicated", "already_exists", "exists", "known", "ignored", "conflict");

    ItemResults {
        parts = Map.copyOf(parts);
    }

    /** @param ids the request's event ids, in order */
    static ItemResults of(JsonNode root, List<String> ids) {
        Map<Integer, Part> parts = new HashMap<>();
        boolean unplaced = collect(root, ids, parts);
        for (String name : WRAPPERS) {
            if (root.path(name).isObject() && !isEcho(root)) {
                unplaced |= collect(root.path(name), ids, parts);
            }
        }
        return new ItemResults(parts, unplaced);
    }

    /** The event itself come back: its {@code data} is the producer's, whatever it says of a status. */
    private static boolean isEcho(JsonNode root) {
        return root.has("id") || root.has("event_type") || root.has("eventType");
    }

    private static boolean collect(JsonNode root, List<String> ids, Map<Integer, Part> parts) {
        boolean unplaced = false;
        for (JsonNode list : lists(root)) {
            for (int i = 0; i < list.size(); i++) {
                Part part = part(list.get(i));
                int index = index(list.get(i), ids, list.size() == ids.size() ? i : -1);
                if (part != Part.ACCEPTED && index >= 0) {
                    parts.put(index, part);
                }
                unplaced |= part != Part.ACCEPTED && part != Part.KNOWN && index < 0;
            }
        }
        for (String name : FAILED_LISTS) {
            unplaced |= failures(root.path(name), ids, parts);
        }
        for (String name : LISTS) {
            keyedById(root.path(name), ids, parts);
        }
        for (String name : FAILED_COUNTS) {
            unplaced |= parts.isEmpty() && root.path(name).asInt(0) > 0;
        }
        return unplaced | whole(root, ids, parts) | takesLess(root, ids, parts);
    }

    /** {@code {"results": {"the id": {"status": ...}}}}. */
    private static void keyedById(JsonNode results, List<String> ids, Map<Integer, Part> parts) {
        if (results.isObject()) {
            for (Map.Entry<String, JsonNode> entry : results.properties()) {
                int index = ids.indexOf(entry.getKey());
                Part part = part(entry.getValue());
                if (index >= 0 && part != Part.ACCEPTED) {
                    parts.put(index, part);
                }
            }
        }
    }

    /** What the body says of the request as a whole, where it says nothing of single events. */
    private static boolean whole(JsonNode root, List<String> ids, Map<Integer, Part> parts) {
        if (!root.isObject() || !parts.isEmpty()) {
            return false;
        }
        Part part = part(root);
        if (part == Part.LATER || (part == Part.KNOWN && ids.size() == 1)) {
            for (int i = 0; i < ids.size(); i++) {
                parts.put(i, part);
            }
        }
        return part == Part.ACCUSED;
    }

    /** Counted fewer events in, duplicates included, than there are: some were left out without a word. */
    private static boolean takesLess(JsonNode root, List<String> ids, Map<Integer, Part> parts) {
        long taken = 0;
        boolean counted = false;
        for (String name : TAKEN_COUNTS) {
            JsonNode count = root.path(name);
            counted |= count.isIntegralNumber() && name.startsWith("accepted");
            taken += count.isIntegralNumber() ? count.asLong() : count.isArray() ? count.size() : 0;
        }
        return counted && parts.isEmpty() && taken < ids.size();
    }

    private static List<JsonNode> lists(JsonNode root) {
        List<JsonNode> lists = new ArrayList<>();
        if (root.isArray()) {
            lists.add(root);
        }
        for (String name : LISTS) {
            if (root.path(name).isArray()) {
                lists.add(root.path(name));
            }
        }
        return lists;
    }

    /** @return whether a failure stayed without an event */
    private static boolean failures(JsonNode failed, List<String> ids, Map<Integer, Part> parts) {
        boolean unplaced = false;
        if (failed.isObject()) {
            for (Map.Entry<String, JsonNode> entry : failed.properties()) {
                int byId = ids.indexOf(entry.getKey());
                int index = byId >= 0
                        ? byId
                        : within(ErrorKey.parse(entry.getKey()).index().orElse(-1), ids);
                unplaced |= index < 0;
                if (index >= 0) {
                    // By its index alone an event is asked again: a wrong index taken for delivered would lose it.
                    boolean exists = byId >= 0 && idExists(entry.getValue());
                    parts.put(index, exists ? Part.KNOWN : Part.ACCUSED);
                }
            }
        } else if (failed.isArray()) {
            for (JsonNode element : failed) {
                int index = element.isTextual() ? ids.indexOf(element.asText()) : index(element, ids, -1);
                unplaced |= index < 0;
                if (index >= 0) {
                    Part part = part(element);
                    parts.put(index, part == Part.ACCEPTED ? Part.ACCUSED : part);
                }
            }
        } else if (failed.isIntegralNumber()) {
            unplaced = failed.asInt() > 0 && parts.isEmpty();
        }
        return unplaced;
    }

    private static Part part(JsonNode item) {
        JsonNode status = STATUSES.stream()
                .map(item::path)
                .filter(JsonNode::isValueNode)
                .findFirst()
                .orElse(MissingNode.getInstance());
        String word = status.isTextual() ? status.asText().toLowerCase(Locale.ROOT) : "";
        JsonNode error = item.path("error").isMissingNode() ? item.path("errors") : item.path("error");
        boolean hasError = !error.isMissingNode()
                && !error.isNull()
                && !(error.isContainerNode() && error.isEmpty())
                && !(error.isBoolean() && !error.asBoolean())
                && !(error.isTextual() && error.asText().isEmpty());
        if (status.asInt(0) == 409
                || KNOWN_WORDS.contains(word)
                || item.path("duplicate").asBoolean(false)) {
            return Part.KNOWN;
        }
        if (status.asInt(0) == 408
                || status.asInt(0) == 425
                || status.asInt(0) == 429
                || status.asInt(0) >= 500
                || LATER_WORDS.contains(word)) {
            return Part.LATER;
        }
        boolean denied = isFalse(item.path("success")) || isFalse(item.path("ok")) || isFalse(item.path("accepted"));
        if (hasError && ErrorBody.parse("{\"error\":" + error + "}").saysExists()) {
            return Part.KNOWN;
        }
        return status.asInt(0) >= 400 || BAD_WORDS.contains(word) || denied || hasError ? Part.ACCUSED : Part.ACCEPTED;
    }

    private static boolean idExists(JsonNode messages) {
        return ErrorBody.parse("{\"errors\":{\"id\":" + messages + "}}").complaints().stream()
                .allMatch(ErrorBody.Complaint::saysExists);
    }

    private static boolean isFalse(JsonNode value) {
        return value.isBoolean() && !value.asBoolean();
    }

    private static int index(JsonNode item, List<String> ids, int otherwise) {
        for (String name : List.of("id", "event_id", "eventId")) {
            int byId = ids.indexOf(item.path(name).asText());
            if (byId >= 0) {
                return byId;
            }
        }
        JsonNode index = item.path("index");
        return index.isIntegralNumber() ? within(index.asInt(), ids) : otherwise;
    }

    private static int within(int index, List<String> ids) {
        return index < ids.size() ? index : -1;
    }
}
