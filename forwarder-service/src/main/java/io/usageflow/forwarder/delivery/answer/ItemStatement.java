package io.usageflow.forwarder.delivery.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageflow.forwarder.delivery.answer.Outcome.ItemResult;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one item of a 2xx body. Pure; part of {@link ItemResults}. */
final class ItemStatement {
    private static final Set<String> STATUSES =
            Set.of("status", "statuscode", "httpstatus", "state", "outcome", "result");
    private static final Set<String> FLAGS = Set.of("success", "succeeded", "ok", "accepted", "created", "stored");
    private static final Set<String> ERRORS = Set.of("error", "errors", "failure", "fault", "exception", "problem");
    private static final Set<String> IDS = Set.of("id", "eventid", "eid", "credyteventid");
    /** Fields without a statement about the outcome. */
    private static final Set<String> NEUTRAL = Set.of(
            "index",
            "customerid",
            "customerexternalid",
            "createdat",
            "updatedat",
            "receivedat",
            "timestamp",
            "occurredat",
            "eventtype",
            "fees");
    /** The producer's fields, if the answer repeats the event. */
    private static final Set<String> ECHOED =
            Set.of("data", "costs", "subject", "description", "metadata", "eventtype", "fees", "id");

    private static final String BAD = "(fail|error|reject|invalid|denied|refus|dropp|skipp|ignor|conflict|discard"
            + "|unprocess|partial|not ?(accept|stor|process|record|creat))";
    private static final Pattern BAD_NAME = Pattern.compile(BAD);
    private static final Pattern BAD_TEXT = Pattern.compile("(?<!\\b(no|without) )\\b" + BAD);

    private ItemStatement() {}

    /** The result of an item; {@code otherwise} if it has no status. */
    static ItemResult result(JsonNode item, ItemResult otherwise) {
        if (!item.isObject()) {
            return of(StatusWord.of(item), otherwise);
        }
        boolean failed = item.properties().stream().anyMatch(entry -> isFailure(entry.getKey(), entry.getValue()));
        JsonNode status = status(item);
        if (!status.isMissingNode()) {
            boolean contradicted = failed || saysBad(item);
            return status.asInt(0) == 409 && ofError(item) == ItemResult.KNOWN
                    ? ItemResult.KNOWN
                    : StatusWord.of(status) == StatusWord.ACCEPTED && contradicted
                            ? ItemResult.UNCLEAR
                            : of(wordOf(item), otherwise);
        }
        if (failed) {
            return ofError(item);
        }
        if (!isUnderstood(item)) {
            return otherwise == ItemResult.SUSPECT ? ItemResult.SUSPECT : ItemResult.UNCLEAR;
        }
        return item.path("duplicate").asBoolean(false) ? of(StatusWord.KNOWN, otherwise) : otherwise;
    }

    private static ItemResult of(StatusWord word, ItemResult otherwise) {
        return switch (word) {
            case ACCEPTED -> otherwise == ItemResult.SUSPECT ? ItemResult.UNCLEAR : otherwise;
            case KNOWN -> ItemResult.KNOWN;
            case LATER -> ItemResult.LATER;
            case NO_FUNDS -> ItemResult.NO_FUNDS;
            case REJECTED, FAILED -> ItemResult.SUSPECT;
            case UNKNOWN -> ItemResult.UNCLEAR;
        };
    }

    /** Its status word; unknown if its fields contradict each other. */
    private static StatusWord wordOf(JsonNode item) {
        if (item.path("duplicate").asBoolean(false) && StatusWord.of(status(item)) == StatusWord.ACCEPTED) {
            return StatusWord.KNOWN;
        }
        List<StatusWord> words = item.properties().stream()
                .filter(entry -> isStatus(entry.getKey(), entry.getValue()))
                .map(entry -> StatusWord.of(entry.getValue()))
                .distinct()
                .toList();
        return words.size() == 1 ? words.get(0) : StatusWord.UNKNOWN;
    }

    /** Whether its status refuses the event. */
    static boolean refuses(JsonNode item) {
        return wordOf(item) == StatusWord.REJECTED;
    }

    /** Its first status field; missing if there is none. */
    static JsonNode status(JsonNode item) {
        return item.properties().stream()
                .filter(entry -> isStatus(entry.getKey(), entry.getValue()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseGet(MissingNode::getInstance);
    }

    static boolean isStatus(String name, JsonNode value) {
        String normal = StatusWord.normal(name);
        boolean named = STATUSES.contains(normal) || normal.endsWith("status") || normal.endsWith("state");
        return named && (value.isTextual() || value.isNumber());
    }

    /** Whether the field is a false success flag or a non-empty error field. */
    static boolean isFailure(String name, JsonNode value) {
        String normal = StatusWord.normal(name);
        boolean flag = (FLAGS.contains(normal) || STATUSES.contains(normal)) && value.isBoolean();
        return flag ? !value.asBoolean() : ERRORS.contains(normal) && says(value);
    }

    /** The result of an error. Only its code says more, since its text may repeat the producer's values. */
    private static ItemResult ofError(JsonNode item) {
        JsonNode error = item.path("error");
        JsonNode code = error.isObject() ? error.path("code") : item.path("error_code");
        return switch (StatusWord.of(code)) {
            case KNOWN -> ItemResult.KNOWN;
            case NO_FUNDS -> ItemResult.NO_FUNDS;
            case ACCEPTED, LATER, REJECTED, FAILED, UNKNOWN -> ItemResult.SUSPECT;
        };
    }

    /** Whether every field of an item without a status is neutral or says success. */
    private static boolean isUnderstood(JsonNode item) {
        boolean echo = isEcho(item);
        return item.properties().stream().allMatch(entry -> {
            String name = StatusWord.normal(entry.getKey());
            JsonNode value = entry.getValue();
            return IDS.contains(name)
                    || NEUTRAL.contains(name)
                    || (echo && ECHOED.contains(name))
                    || ((FLAGS.contains(name) || name.equals("duplicate")) && value.isBoolean())
                    || !says(value);
        });
    }

    private static boolean saysBad(JsonNode item) {
        return item.properties().stream()
                .filter(entry -> !isEchoed(item, entry.getKey()) && !isStatus(entry.getKey(), entry.getValue()))
                .anyMatch(entry -> soundsBad("", entry.getValue()));
    }

    /** Whether the name or the text of a non-empty field means a failure. */
    static boolean soundsBad(String name, JsonNode value) {
        return says(value)
                && (BAD_NAME.matcher(StatusWord.normal(name)).find()
                        || (value.isTextual()
                                && BAD_TEXT.matcher(value.asText().toLowerCase(Locale.ROOT))
                                        .find()));
    }

    /** Whether the value is not null, false, 0 or empty. */
    static boolean says(JsonNode value) {
        return value.isContainerNode()
                ? !value.isEmpty()
                : value.isBoolean()
                        ? value.asBoolean()
                        : value.isNumber()
                                ? value.asDouble() != 0
                                : !value.asText("").isBlank() && !value.isNull();
    }

    /** Whether the item repeats the event; then the producer's fields are no statement. */
    static boolean isEcho(JsonNode item) {
        return item.path("event_type").isTextual() || item.path("eventType").isTextual();
    }

    static boolean isEchoed(JsonNode item, String name) {
        return isEcho(item) && ECHOED.contains(StatusWord.normal(name));
    }

    /** The index of the event that it names by id or index; -1 if none. */
    static int named(JsonNode item, List<String> ids) {
        int byId = namedById(item, ids);
        JsonNode index = item.path("index");
        boolean valid = index.isIntegralNumber() && index.canConvertToInt() && index.asInt() < ids.size();
        return byId >= 0 || !valid ? byId : Math.max(-1, index.asInt());
    }

    static int namedById(JsonNode item, List<String> ids) {
        if (item.isTextual()) {
            return ids.indexOf(item.asText());
        }
        for (Map.Entry<String, JsonNode> entry : item.properties()) {
            boolean written = isEcho(item) && !IDS.contains(StatusWord.normal(entry.getKey()));
            if (!written
                    && entry.getValue().isTextual()
                    && ids.contains(entry.getValue().asText())) {
                return ids.indexOf(entry.getValue().asText());
            }
        }
        return -1;
    }
}
