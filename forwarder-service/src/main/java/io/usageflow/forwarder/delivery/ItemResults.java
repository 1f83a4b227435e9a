package io.usageflow.forwarder.delivery;

import com.fasterxml.jackson.databind.JsonNode;
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
    private static final Set<String> BAD_WORDS = Set.of("failed", "failure", "error", "rejected", "invalid", "refused");
    private static final Set<String> KNOWN_WORDS =
            Set.of("duplicate", "duplicated", "already_exists", "exists", "known", "ignored", "conflict");

    ItemResults {
        parts = Map.copyOf(parts);
    }

    /** @param ids the request's event ids, in order */
    static ItemResults of(JsonNode root, List<String> ids) {
        Map<Integer, Part> parts = new HashMap<>();
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
        for (String name : FAILED_COUNTS) {
            unplaced |= parts.isEmpty() && root.path(name).asInt(0) > 0;
        }
        return new ItemResults(parts, unplaced);
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
                    boolean exists = ErrorBody.parse("{\"detail\":" + entry.getValue() + "}")
                            .saysExists();
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
        JsonNode status = item.path("status").isMissingNode() ? item.path("status_code") : item.path("status");
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
        if (status.asInt(0) == 429 || status.asInt(0) >= 500) {
            return Part.LATER;
        }
        boolean denied = isFalse(item.path("success")) || isFalse(item.path("ok")) || isFalse(item.path("accepted"));
        if (hasError && ErrorBody.parse("{\"error\":" + error + "}").saysExists()) {
            return Part.KNOWN;
        }
        return status.asInt(0) >= 400 || BAD_WORDS.contains(word) || denied || hasError ? Part.ACCUSED : Part.ACCEPTED;
    }

    private static boolean idExists(String key, JsonNode messages) {
        ErrorBody body = ErrorBody.parse("{\"errors\":{\"id\":" + messages + "}}");
        boolean aboutId =
                ErrorKey.parse(key).isEventId() || ErrorKey.parse(key).index().isEmpty();
        return aboutId && body.complaints().stream().allMatch(ErrorBody.Complaint::saysExists);
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
