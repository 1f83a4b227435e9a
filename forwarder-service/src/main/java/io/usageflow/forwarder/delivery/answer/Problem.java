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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A refusal as Credyt documents it: {@code ProblemDetails}, or {@code ValidationProblem} with {@code errors} keyed by
 * field (docs/credyt-api.md, 2). Pure.
 *
 * @param text title and detail
 * @param kinds title, code and the last segment of the type: unlike the detail, they repeat no value (RFC 9457, 3.1)
 */
record Problem(List<FieldError> errors, String text, List<String> kinds) {
    private static final Pattern CUSTOMER =
            Pattern.compile("customer\\b[^.]{0,60}\\b(not found|unknown|does not exist|doesn't exist|invalid|no such)"
                    + "|(unknown|no such|invalid|valid) customer");

    private static final Pattern NO_FUNDS = Pattern.compile("((insufficient|not enough|no) (funds|balance|credits?)"
            + "|payment required|overdraft (limit )?(exceeded|reached))\\b");

    /** A reason to look the event up, and no more: no source says how a repeated id is refused, if at all. */
    private static final Pattern EXISTS = Pattern.compile("already|duplicate|exists|unique");

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(64).build())
                    .build())
            // Trailing content or a duplicate key may contradict the rest.
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    Problem {
        errors = List.copyOf(errors);
        kinds = List.copyOf(kinds);
    }

    /**
     * Parses the body if it is Credyt's: complete, JSON by content type, a problem by shape, and without a different
     * status. Any other body may come from a proxy.
     */
    static Optional<Problem> of(Answer.Response response) {
        return object(response)
                .filter(root -> root.path("title").isTextual()
                        || root.path("detail").isTextual()
                        || (root.path("errors").isObject()
                                && !root.path("errors").isEmpty()))
                .filter(root ->
                        !root.hasNonNull("status") || root.path("status").asInt(-1) == response.status())
                .map(Problem::of);
    }

    private static Problem of(JsonNode root) {
        String title = root.path("title").asText("");
        String type = root.path("type").asText("");
        return new Problem(
                root.path("errors").properties().stream()
                        .map(error -> FieldError.of(error.getKey(), texts(error.getValue())))
                        .toList(),
                (title + "\n" + root.path("detail").asText("")).strip(),
                List.of(title, root.path("code").asText(""), type.substring(type.lastIndexOf('/') + 1)));
    }

    /** The complete JSON object that the body is, also by its content type. */
    static Optional<JsonNode> object(Answer.Response response) {
        return response.incomplete() || !isJson(response)
                ? Optional.empty()
                : json(response.body()).filter(JsonNode::isObject);
    }

    static boolean isJson(Answer.Response response) {
        String type = response.header("content-type").orElse("").toLowerCase(Locale.ROOT);
        return type.split(";", 2)[0].strip().matches("application/([a-z0-9.-]+\\+)?json");
    }

    /** The JSON of a body; empty if it is not JSON. */
    static Optional<JsonNode> json(String body) {
        try {
            return Optional.of(JSON.readTree(body)).filter(root -> !root.isMissingNode());
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    private static String texts(JsonNode value) {
        return value.isArray()
                ? StreamSupport.stream(value.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining("; "))
                : value.asText();
    }

    /** Whether it blames the customer: by its fields, or else by its text. */
    boolean namesCustomer() {
        return errors.isEmpty()
                ? CUSTOMER.matcher(lower(text)).find()
                : errors.stream().allMatch(FieldError::isAboutCustomer);
    }

    /** Whether it mentions the customer, which suffices in a 404: no value of an event is quoted there. */
    boolean mentionsCustomer() {
        return errors.isEmpty()
                ? lower(text).contains("customer")
                : errors.stream().anyMatch(FieldError::isAboutCustomer);
    }

    /** Whether a kind, or each error, which is about a whole event, begins with words for a lack of funds. */
    boolean saysNoFunds() {
        return kinds.stream().anyMatch(Problem::meansNoFunds)
                || (!errors.isEmpty()
                        && errors.stream().allMatch(error -> error.field().isEmpty() && meansNoFunds(error.message())));
    }

    private static boolean meansNoFunds(String text) {
        return NO_FUNDS.matcher(lower(text).replaceAll("[_-]", " ")).lookingAt();
    }

    /** Whether it may mean that an event's id exists. The text may also repeat a value of the producer. */
    boolean mayMeanExistence() {
        return errors.isEmpty()
                ? EXISTS.matcher(lower(text)).find()
                : errors.stream()
                        .anyMatch(error -> error.mayBeAboutId()
                                && EXISTS.matcher(lower(error.message())).find());
    }

    /** Whether it refuses the list of events, and not one of them. */
    boolean isAboutList() {
        return errors.stream().anyMatch(error -> error.field().equals("events"));
    }

    boolean isAboutEvents() {
        return errors.stream().anyMatch(FieldError::isAboutEvent);
    }

    /** The indices of the events that it names. */
    Set<Integer> suspects(int events) {
        return errors.stream()
                .map(FieldError::index)
                .filter(i -> i >= 0 && i < events)
                .collect(Collectors.toSet());
    }

    /** Equal for refusals of the same kind: the fields without indices, or the text without numbers. */
    String refusalKind() {
        return errors.isEmpty()
                ? text.replaceAll("[0-9a-fA-F-]{8,}|\\d+", "#")
                        .lines()
                        .findFirst()
                        .orElse("")
                : errors.stream()
                        .map(FieldError::field)
                        .collect(Collectors.toCollection(TreeSet::new))
                        .toString();
    }

    /** The whole problem as one text. */
    String words() {
        return errors.isEmpty()
                ? text
                : errors.stream()
                        .map(error -> error.field() + " " + error.message())
                        .collect(Collectors.joining("; "));
    }

    private static String lower(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }

    /**
     * An entry of {@code errors}. The notation of its key is not documented for elements of {@code events[]}: {@code
     * events[0].id}, {@code Events[0].Id}, {@code $.events[0].occurred_at} and {@code /events/0/id} are the same.
     *
     * @param index of the event in the request; -1 if the key has none
     * @param field below the event or the request, in lower case without underscores; may be empty
     */
    record FieldError(int index, String field, String message) {
        private static final Set<String> EVENT_FIELDS = Set.of(
                "id",
                "eventtype",
                "occurredat",
                "subject",
                "description",
                "data",
                "costs",
                "vendorid",
                "vendorexternalid",
                "amount",
                "currency",
                "metadata");

        static FieldError of(String key, String message) {
            List<String> path = Stream.of(lower(key).replace("_", "").split("[^a-z0-9]+"))
                    .filter(segment -> !segment.isEmpty())
                    .toList();
            int at = path.indexOf("events") + 1;
            boolean indexed = at < path.size() && path.get(at).matches("\\d{1,9}");
            int index = indexed ? Integer.parseInt(path.get(at)) : -1;
            int from = indexed ? at + 1 : at < path.size() ? at : 0;
            return new FieldError(index, String.join(".", path.subList(from, path.size())), message);
        }

        private boolean isAboutCustomer() {
            return index < 0 && field.startsWith("customer");
        }

        /** Whether it names a field that only events have, or an event. */
        private boolean isAboutEvent() {
            return index >= 0 || EVENT_FIELDS.contains(field.split("\\.", 2)[0]);
        }

        /** Whether it may be about the event's id: the field itself, the whole event, or a key of unknown meaning. */
        private boolean mayBeAboutId() {
            return field.equals("id") || !EVENT_FIELDS.contains(field.split("\\.", 2)[0]);
        }
    }
}
