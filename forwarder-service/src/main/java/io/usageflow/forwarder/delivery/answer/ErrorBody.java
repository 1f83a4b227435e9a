package io.usageflow.forwarder.delivery.answer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.usageflow.forwarder.credyt.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The parsed body of an error answer: ProblemDetails, ValidationProblem with strings or arrays, or a list of errors
 * (docs/credyt-api.md, 6). Pure.
 *
 * @param complaints one for each message, in order; empty if the body names no field
 * @param title of the kind of problem; unlike the other texts, it does not repeat values (RFC 9457, 3.1.3)
 * @param summary title, detail, message and error text of the body
 * @param code the body's error code, if any
 */
record ErrorBody(List<Complaint> complaints, Optional<String> title, String summary, Optional<String> code) {
    private static final String ALREADY =
            "(already|previously) (exist|been|known|recorded|processed|submitted|ingested|received|used|taken|stored)";

    /** Means that an event's id exists. */
    private static final Pattern EXISTS = Pattern.compile(
            ALREADY + "|duplicate|\\bexists\\b|must be unique|not unique|has been (used|taken|processed|recorded)");

    private static final Pattern EXISTS_NOT = Pattern.compile("\\bno\\b[^.]*\\bexists\\b|\\bnot (already |yet )?exist");

    /** Means the same without a field. Strict, because an event that is wrongly settled is lost. */
    private static final Pattern EVENT_EXISTS = Pattern.compile("\\b(events?|ids?|idempotency key)\\b[^.]{0,60}\\b"
            + ALREADY + "|duplicate (usage )?(event|id|idempotency)|event is (a )?duplicate");

    private static final Pattern OTHER_THINGS = Pattern.compile("\\b(cost|vendor|customer|data|account)s?\\b");

    private static final Pattern BUSY =
            Pattern.compile("in progress|try again|retry|being processed|concurrent|locked|lock timeout|deadlock");

    private static final Pattern CUSTOMER =
            Pattern.compile("customer\\b[^.]{0,60}\\b(not found|unknown|does not exist|doesn't exist|invalid|no such)"
                    + "|(unknown|no such|invalid|valid) customer");

    /** A text that begins with it repeats no value of the producer. */
    private static final Pattern NO_FUNDS =
            Pattern.compile("(insufficient|not enough) (funds|balance|credits?)\\b|no funds\\b|payment required\\b"
                    + "|overdraft (limit )?(exceeded|reached)\\b");

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(64).build())
                    .build())
            // Trailing content or a duplicate key may contradict the rest.
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /**
     * One complaint.
     *
     * @param id the event id that it names outside its key, if any
     * @param code its error code, if any
     */
    record Complaint(ErrorKey key, Optional<String> id, String message, Optional<String> code) {
        /** Whether its text says that the id exists. The text may repeat a value of the producer. */
        boolean saysExists() {
            String text = message.toLowerCase(Locale.ROOT);
            return EXISTS.matcher(text).find() && !EXISTS_NOT.matcher(text).find();
        }

        /** The index of the event that it names by id; -1 if none. */
        int namedIn(List<String> ids) {
            int byId = id.map(ids::indexOf).orElse(-1);
            return byId >= 0 ? byId : ids.indexOf(key.field());
        }

        /** By its code, or by the beginning of its text about an event or the request as a whole. */
        boolean saysNoFunds() {
            return code.map(StatusWord::of).filter(StatusWord.NO_FUNDS::equals).isPresent()
                    || (key.field().isEmpty()
                            && NO_FUNDS.matcher(message.strip().toLowerCase(Locale.ROOT))
                                    .lookingAt());
        }

        /**
         * Whether it proves that an event's id exists: by the id field, whose values are ours and not the producer's;
         * by a code; or, in a 409, by a text about an event that it names.
         */
        boolean provesExistence(List<String> ids, boolean conflict) {
            boolean coded =
                    code.map(StatusWord::of).filter(StatusWord.KNOWN::equals).isPresent();
            if (key.isIdField()) {
                return coded || saysExists();
            }
            boolean ofTheEvent = key.field().isEmpty() || ids.contains(key.field());
            boolean named = namedIn(ids) >= 0;
            return ofTheEvent && named && (coded || (conflict && saysExists()));
        }
    }

    ErrorBody {
        complaints = List.copyOf(complaints);
    }

    /**
     * Parses the body if it is Credyt's: complete, JSON by content type, a problem by shape, and without a different
     * status. Any other body may come from a proxy.
     */
    static Optional<ErrorBody> ofCredyt(Answer.Response response) {
        if (response.incomplete() || !isJson(response)) {
            return Optional.empty();
        }
        return json(response.body())
                .filter(root -> isProblem(root, response.status()))
                .map(ErrorBody::of);
    }

    /** Parses the body of any server; empty if it is not a JSON object. */
    static Optional<ErrorBody> ofAny(String body) {
        return json(body).filter(JsonNode::isObject).map(ErrorBody::of);
    }

    static boolean isJson(Answer.Response response) {
        String type = response.header("content-type").orElse("").toLowerCase(Locale.ROOT);
        String essence = type.substring(0, type.indexOf(';') < 0 ? type.length() : type.indexOf(';'))
                .strip();
        return essence.equals("application/json") || essence.matches("application/[a-z0-9.-]+\\+json");
    }

    private static boolean isProblem(JsonNode root, int status) {
        JsonNode errors = root.path("errors");
        JsonNode own = root.path("status");
        boolean says = root.path("title").isTextual()
                || root.path("detail").isTextual()
                || (errors.isContainerNode() && !errors.isEmpty());
        return root.isObject() && says && (own.isMissingNode() || own.isNull() || own.asInt(-1) == status);
    }

    /** The JSON of a body; empty if it is not JSON. */
    static Optional<JsonNode> json(String body) {
        try {
            JsonNode root = JSON.readTree(body);
            return root == null || root.isMissingNode() ? Optional.empty() : Optional.of(root);
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    /** Whether the text without a field says that an event's id exists. It may repeat a value of the producer. */
    boolean saysExists() {
        String text = summary.toLowerCase(Locale.ROOT);
        return EVENT_EXISTS.matcher(text).find()
                && !OTHER_THINGS.matcher(text).find()
                && !EXISTS_NOT.matcher(text).find();
    }

    /**
     * Whether the error code of the whole request says that an event exists.
     *
     * @param conflict whether the status is 409, so that the code is about the event
     */
    boolean codeSaysExists(boolean conflict) {
        return code.filter(word -> conflict || StatusWord.normal(word).contains("event"))
                .map(StatusWord::of)
                .filter(StatusWord.KNOWN::equals)
                .isPresent();
    }

    /** Whether a code or the title says that the customer lacks funds. Other texts may repeat the producer's values. */
    boolean saysNoFunds() {
        return Stream.concat(code.stream(), title.stream()).anyMatch(text -> StatusWord.of(text) == StatusWord.NO_FUNDS)
                || (!complaints.isEmpty() && complaints.stream().allMatch(Complaint::saysNoFunds));
    }

    boolean saysBusy() {
        return BUSY.matcher(summary.toLowerCase(Locale.ROOT)).find();
    }

    /** Whether it mentions the customer. */
    boolean mentionsCustomer() {
        return complaints.isEmpty()
                ? summary.toLowerCase(Locale.ROOT).contains("customer")
                : complaints.stream().anyMatch(complaint -> complaint.key().isCustomer());
    }

    /** Whether it blames the customer. */
    boolean namesCustomer() {
        return complaints.isEmpty()
                ? CUSTOMER.matcher(summary.toLowerCase(Locale.ROOT)).find()
                : complaints.stream().allMatch(complaint -> complaint.key().isCustomer());
    }

    /** Equal for refusals of the same kind: the fields without indices, or the text without numbers. */
    String refusalKind() {
        TreeSet<String> fields = new TreeSet<>();
        complaints.forEach(complaint -> fields.add(complaint.key().field()));
        return fields.isEmpty()
                ? summary.replaceAll("[0-9a-fA-F-]{8,}|\\d+", "#")
                        .lines()
                        .findFirst()
                        .orElse("")
                : fields.toString();
    }

    /** The complaints as text. */
    String words() {
        return complaints.isEmpty()
                ? summary
                : complaints.stream()
                        .map(complaint -> complaint.key().field() + " " + complaint.message())
                        .collect(Collectors.joining("; "));
    }

    /** Parses an object or a list of errors. */
    static ErrorBody of(JsonNode root) {
        List<Complaint> complaints = new ArrayList<>();
        JsonNode errors = root.isArray() ? root : root.path("errors");
        if (errors.isObject()) {
            for (Map.Entry<String, JsonNode> entry : errors.properties()) {
                JsonNode said = entry.getValue();
                complaints.add(new Complaint(
                        ErrorKey.parse(entry.getKey()), Optional.empty(), texts(said), word(said.path("code"))));
            }
        } else if (errors.isArray()) {
            errors.forEach(element -> complaints.add(complaint(element)));
        }
        return new ErrorBody(complaints, word(root.path("title")), summary(root), code(root));
    }

    private static Complaint complaint(JsonNode element) {
        if (!element.isObject()) {
            return new Complaint(ErrorKey.parse(""), Optional.empty(), texts(element), Optional.empty());
        }
        String place = first(element, "field", "path", "pointer", "loc", "location", "property", "name", "key");
        JsonNode index = element.path("index");
        String key = index.isIntegralNumber() ? "events." + index.asText() + "." + place : place;
        String message = first(element, "message", "detail", "description", "error", "code", "reason", "title");
        return new Complaint(
                ErrorKey.parse(key),
                Optional.of(first(element, "id", "event_id", "eventId")).filter(id -> !id.isEmpty()),
                message,
                word(element.path("code")).or(() -> word(element.path("error_code"))));
    }

    /** The error code; in ProblemDetails, the last segment of the type's URI. */
    private static Optional<String> code(JsonNode root) {
        return word(root.path("code"))
                .or(() -> word(root.path("error_code")))
                .or(() -> word(root.path("error").path("code")))
                .or(() -> word(root.path("type")).map(uri -> uri.substring(uri.lastIndexOf('/') + 1)));
    }

    private static Optional<String> word(JsonNode value) {
        return value.isTextual() && !value.asText().isBlank() ? Optional.of(value.asText()) : Optional.empty();
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

    /** The text of a string, an array or another value. */
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
