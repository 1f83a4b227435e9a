package io.usageflow.forwarder.delivery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an error answer complains about, in every shape that CREDYT-API.md, 6 asks to tolerate: ProblemDetails,
 * ValidationProblem with strings or arrays of them, a list of errors, plain text, nothing. Pure.
 *
 * @param complaints one a message, in the body's order; empty where the body names no field
 * @param summary title, detail, message and error text of the body, or its plain text
 */
record ErrorBody(List<Complaint> complaints, String summary) {
    private static final String ALREADY =
            "(already|previously) (exist|been|known|recorded|processed|submitted|ingested|received|used|taken|stored)";

    /** Said of an event's id. */
    private static final Pattern EXISTS = Pattern.compile(
            ALREADY + "|duplicate|\\bexists\\b|must be unique|not unique|has been (used|taken|processed|recorded)");

    /** Said of nobody knows what: strict, since an event that is wrongly taken for delivered is lost. */
    private static final Pattern EVENT_EXISTS = Pattern.compile("\\b(events?|ids?|idempotency key)\\b[^.]{0,60}\\b"
            + ALREADY + "|duplicate (usage )?(event|id|idempotency)|event is (a )?duplicate");

    private static final Pattern OTHER_THINGS = Pattern.compile("\\b(cost|vendor|customer|data|account)s?\\b");

    private static final Pattern BUSY =
            Pattern.compile("in progress|try again|retry|being processed|concurrent|locked|lock timeout|deadlock");

    private static final Pattern CUSTOMER =
            Pattern.compile("customer\\b[^.]{0,60}\\b(not found|unknown|does not exist|doesn't exist|invalid|no such)"
                    + "|(unknown|no such|invalid|valid) customer");

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(64).build())
                    .build())
            .build();

    /** @param id the event id the complaint names outside its key, where it does */
    record Complaint(ErrorKey key, Optional<String> id, String message) {
        boolean saysExists() {
            return EXISTS.matcher(message.toLowerCase(Locale.ROOT)).find();
        }
    }

    ErrorBody {
        complaints = List.copyOf(complaints);
    }

    /** The JSON of a body; empty where it is none. */
    static Optional<JsonNode> json(String body) {
        try {
            JsonNode root = JSON.readTree(body);
            return root == null || root.isMissingNode() ? Optional.empty() : Optional.of(root);
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    static ErrorBody parse(String body) {
        return json(body).map(ErrorBody::of).orElseGet(() -> new ErrorBody(List.of(), body));
    }

    /** Without a field: whether the text says that the event's id exists. */
    boolean saysExists() {
        String text = summary.toLowerCase(Locale.ROOT);
        return EVENT_EXISTS.matcher(text).find() && !OTHER_THINGS.matcher(text).find();
    }

    boolean saysBusy() {
        return BUSY.matcher(summary.toLowerCase(Locale.ROOT)).find();
    }

    /** Speaks of the customer, in whatever words. */
    boolean mentionsCustomer() {
        return complaints.isEmpty()
                ? summary.toLowerCase(Locale.ROOT).contains("customer")
                : complaints.stream().anyMatch(complaint -> complaint.key().isCustomer());
    }

    /** Blames the customer. */
    boolean namesCustomer() {
        return complaints.isEmpty()
                ? CUSTOMER.matcher(summary.toLowerCase(Locale.ROOT)).find()
                : complaints.stream().allMatch(complaint -> complaint.key().isCustomer());
    }

    /** Equal for refusals of the same kind: the fields without their indices, or else the text without its numbers. */
    String likeness() {
        TreeSet<String> fields = new TreeSet<>();
        complaints.forEach(complaint -> fields.add(complaint.key().field()));
        return fields.isEmpty()
                ? summary.replaceAll("[0-9a-fA-F-]{8,}|\\d+", "#")
                        .lines()
                        .findFirst()
                        .orElse("")
                : fields.toString();
    }

    private static ErrorBody of(JsonNode root) {
        List<Complaint> complaints = new ArrayList<>();
        JsonNode errors = root.isArray() ? root : root.path("errors");
        if (errors.isObject()) {
            for (Map.Entry<String, JsonNode> entry : errors.properties()) {
                complaints.add(
                        new Complaint(ErrorKey.parse(entry.getKey()), Optional.empty(), texts(entry.getValue())));
            }
        } else if (errors.isArray()) {
            errors.forEach(element -> complaints.add(complaint(element)));
        }
        return new ErrorBody(complaints, summary(root));
    }

    private static Complaint complaint(JsonNode element) {
        if (!element.isObject()) {
            return new Complaint(ErrorKey.parse(""), Optional.empty(), texts(element));
        }
        String place = first(element, "field", "path", "pointer", "loc", "location", "property", "name", "key");
        JsonNode index = element.path("index");
        String key = index.isIntegralNumber() ? "events." + index.asText() + "." + place : place;
        String id = first(element, "id", "event_id", "eventId");
        String message = first(element, "message", "detail", "description", "error", "code", "reason", "title");
        return new Complaint(ErrorKey.parse(key), id.isEmpty() ? Optional.empty() : Optional.of(id), message);
    }

    private static String summary(JsonNode root) {
        StringBuilder all = new StringBuilder();
        for (String name : List.of("title", "detail", "message", "error", "error_description", "code", "type")) {
            JsonNode value = root.path(name);
            if (value.isTextual()) {
                all.append(value.asText()).append('\n');
            } else if (value.isObject()) {
                all.append(first(value, "message", "detail", "code")).append('\n');
            }
        }
        return all.toString();
    }

    /** A string, an array of them, or whatever else stands there, as text. */
    private static String texts(@Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return "";
        }
        if (value.isArray()) {
            List<String> all = new ArrayList<>();
            value.forEach(element -> all.add(texts(element)));
            return String.join("; ", all);
        }
        if (value.isObject()) {
            return first(value, "message", "detail", "description", "error", "code");
        }
        return value.asText();
    }

    private static String first(JsonNode object, String... names) {
        for (String name : names) {
            JsonNode value = object.path(name);
            if (value.isArray() && !value.isEmpty()) {
                List<String> parts = new ArrayList<>();
                value.forEach(part -> parts.add(part.asText()));
                return String.join(".", parts);
            }
            if (value.isValueNode() && !value.isNull() && !value.asText().isEmpty()) {
                return value.asText();
            }
        }
        return "";
    }
}
