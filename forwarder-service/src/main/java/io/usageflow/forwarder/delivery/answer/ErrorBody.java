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
import org.jspecify.annotations.Nullable;

/**
 * What an error answer of Credyt's complains about: ProblemDetails, ValidationProblem with strings or arrays of them, or a list of
 * errors (docs/credyt-api.md, 6). Pure.
 *
 * @param complaints one a message, in the body's order; empty where the body names no field
 * @param summary title, detail, message and error text of the body
 * @param code the body's own word for machines, where it has one
 */
record ErrorBody(List<Complaint> complaints, String summary, Optional<String> code) {
    private static final String ALREADY =
            "(already|previously) (exist|been|known|recorded|processed|submitted|ingested|received|used|taken|stored)";

    /** Said of an event's id. */
    private static final Pattern EXISTS = Pattern.compile(
            ALREADY + "|duplicate|\\bexists\\b|must be unique|not unique|has been (used|taken|processed|recorded)");

    private static final Pattern EXISTS_NOT = Pattern.compile("\\bno\\b[^.]*\\bexists\\b|\\bnot (already |yet )?exist");

    /** Without a field that names the event: strict, since an event that is wrongly taken for delivered is lost. */
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
            // What follows the document, or stands in it twice, may say the opposite.
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /**
     * @param id the event id the complaint names outside its key, where it does
     * @param code a word for machines, where it has one
     */
    record Complaint(ErrorKey key, Optional<String> id, String message, Optional<String> code) {
        /** Whether its text says so, which may be a value of the producer's that Credyt repeats. */
        boolean saysExists() {
            String text = message.toLowerCase(Locale.ROOT);
            return EXISTS.matcher(text).find() && !EXISTS_NOT.matcher(text).find();
        }

        /** Which of the request's events it is about; -1 where it names none by its id. */
        int namedIn(List<String> ids) {
            int byId = id.map(ids::indexOf).orElse(-1);
            return byId >= 0 ? byId : ids.indexOf(key.field());
        }

        /**
         * Whether it proves that an event's id exists: by the id's own field, where nothing of the producer's can be repeated
         * since the ids are ours; by a code; or, in a 409, by a text about an event that it names.
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
     * The body, where it is Credyt's: JSON by its content type, whole, and a problem by its shape, with a status that is the
     * answer's own where it has one. A page, a text, nothing, or other JSON may come from anything on the way.
     */
    static Optional<ErrorBody> ofCredyt(Answer.Response response) {
        if (response.incomplete() || !isJson(response)) {
            return Optional.empty();
        }
        return json(response.body())
                .filter(root -> isProblem(root, response.status()))
                .map(ErrorBody::of);
    }

    /** Credyt's body or another server's; empty where it is no JSON object. */
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

    /** The JSON of a body; empty where it is none. */
    static Optional<JsonNode> json(String body) {
        try {
            JsonNode root = JSON.readTree(body);
            return root == null || root.isMissingNode() ? Optional.empty() : Optional.of(root);
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    /** Without a field: whether the text says that the event's id exists. It may repeat a value of the producer's. */
    boolean saysExists() {
        String text = summary.toLowerCase(Locale.ROOT);
        return EVENT_EXISTS.matcher(text).find()
                && !OTHER_THINGS.matcher(text).find()
                && !EXISTS_NOT.matcher(text).find();
    }

    /**
     * Whether a word for machines says so, of the request as a whole.
     *
     * @param conflict a 409, where it is clear that the word speaks of the event
     */
    boolean codeSaysExists(boolean conflict) {
        return code.filter(word -> conflict || StatusWord.normal(word).contains("event"))
                .map(StatusWord::of)
                .filter(StatusWord.KNOWN::equals)
                .isPresent();
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

    /** What it says, for people. */
    String words() {
        return complaints.isEmpty()
                ? summary
                : complaints.stream()
                        .map(complaint -> complaint.key().field() + " " + complaint.message())
                        .collect(Collectors.joining("; "));
    }

    /** @param root an object, or a list of errors */
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
        return new ErrorBody(complaints, summary(root), code(root));
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

    /** ProblemDetails have a URI of the kind of problem, of which the last segment is the word. */
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
