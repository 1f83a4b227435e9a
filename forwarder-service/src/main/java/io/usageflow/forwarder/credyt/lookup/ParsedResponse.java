package io.usageflow.forwarder.credyt.lookup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The meaning of an answer to a query: a result, a request to retry, or a refused key. Pure. Only a plain 404 or 410
 * means that an event is absent, never a page of a proxy, because an absent event may be sent again.
 */
public sealed interface ParsedResponse {
    /** Keeps numbers exact. */
    JsonMapper EXACT = JsonMapper.builder(JsonFactory.builder()
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build();

    Set<Integer> RETRYABLE = Set.of(408, 425, 429);
    Set<Integer> OVERLOAD = Set.of(429, 503);

    <R> R match(Function<Answered, R> onAnswered, Function<RetryLater, R> onRetryLater, Function<Refused, R> onRefused);

    static ParsedResponse of(Answer answer, ExpectedBody expected, Instant now) {
        return answer.response()
                .map(response -> of(response, expected, now))
                .orElseGet(() -> new RetryLater(
                        answer instanceof Answer.Failure failure ? failure.detail() : "no answer",
                        Optional.empty(),
                        false));
    }

    private static ParsedResponse of(Answer.Response response, ExpectedBody expected, Instant now) {
        int status = response.status();
        if (status == 401 || status == 403) {
            return new Refused("Credyt refuses the API key (HTTP " + status + ")");
        }
        if (RETRYABLE.contains(status) || status >= 500) {
            return new RetryLater("HTTP " + status, RetryAfter.of(response, now), OVERLOAD.contains(status));
        }
        if (isPage(response)) {
            return new Answered(new QueryResult.Unanswered(
                    "HTTP " + status + " with a web page: a proxy answers instead of Credyt; check credyt.url", true));
        }
        if (response.incomplete()) {
            return new Answered(
                    new QueryResult.Unanswered("HTTP " + status + " with an answer that is too long or broken", true));
        }
        if (status == 404 || status == 410) {
            return new Answered(new QueryResult.Absent());
        }
        return status >= 200 && status < 300
                ? new Answered(read(response, expected))
                : new Answered(new QueryResult.Unanswered("HTTP " + status + " to the query", true));
    }

    private static QueryResult read(Answer.Response response, ExpectedBody expected) {
        try {
            JsonNode body = EXACT.readTree(response.body());
            JsonNode answered = body == null ? MissingNode.getInstance() : body;
            return expected.objection(answered)
                    .<QueryResult>map(objection ->
                            new QueryResult.Unanswered("HTTP " + response.status() + " " + objection, true))
                    .orElseGet(() -> new QueryResult.Found(answered));
        } catch (JsonProcessingException malformed) {
            return new QueryResult.Unanswered("HTTP " + response.status() + " with a body that is not JSON", true);
        }
    }

    private static boolean isPage(Answer.Response response) {
        return response.header("content-type")
                        .orElse("")
                        .toLowerCase(java.util.Locale.ROOT)
                        .contains("html")
                || response.body().startsWith("<");
    }

    /** A result that another query would not change. */
    record Answered(QueryResult result) implements ParsedResponse {
        @Override
        public <R> R match(
                Function<Answered, R> onAnswered,
                Function<RetryLater, R> onRetryLater,
                Function<Refused, R> onRefused) {
            return onAnswered.apply(this);
        }
    }

    /** A temporary failure. */
    record RetryLater(String why, Optional<Duration> notBefore, boolean overload) implements ParsedResponse {
        @Override
        public <R> R match(
                Function<Answered, R> onAnswered,
                Function<RetryLater, R> onRetryLater,
                Function<Refused, R> onRefused) {
            return onRetryLater.apply(this);
        }
    }

    /** Credyt refuses all queries. */
    record Refused(String why) implements ParsedResponse {
        @Override
        public <R> R match(
                Function<Answered, R> onAnswered,
                Function<RetryLater, R> onRetryLater,
                Function<Refused, R> onRefused) {
            return onRefused.apply(this);
        }
    }

    /** Validates the body of an answer. Pure. */
    public interface ExpectedBody {
        /** The objection, to complete a sentence that begins with the status; empty if the body is valid. */
        Optional<String> objection(JsonNode body);

        /** Expects the event with this id. */
        static ExpectedBody event(String id) {
            return body -> {
                if (!body.isObject()) {
                    return Optional.of("without an event");
                }
                JsonNode named = body.path("id");
                if (!named.isTextual()) {
                    return Optional.of("without an event's id");
                }
                return named.asText().equalsIgnoreCase(id)
                        ? Optional.empty()
                        : Optional.of("about another event, " + named.asText());
            };
        }

        /** Expects a list, bare or in {@code items} as Credyt documents it. */
        static ExpectedBody page() {
            return body ->
                    body.isArray() || body.path("items").isArray() ? Optional.empty() : Optional.of("without a list");
        }

        /**
         * Accepts any body, since an empty one, a page or an object are valid answers to a lookup (docs/credyt-api.md,
         * 2).
         */
        static ExpectedBody lookup() {
            return body -> Optional.empty();
        }
    }

    /** The result of looking up one event. */
    public sealed interface QueryResult {
        <R> R match(Function<Found, R> onFound, Function<Absent, R> onAbsent, Function<Unanswered, R> onUnanswered);

        /** Credyt has it. */
        record Found(JsonNode event) implements QueryResult {
            /**
             * The object that a lookup by a unique key found. The body is the object or a page of objects
             * (docs/credyt-api.md, 2). In a page only the one with the key counts, because Credyt may ignore the
             * filter; a single object need not show the key.
             */
            public Optional<JsonNode> withKey(String field, String value) {
                if (event.isObject() && event.path("id").isTextual()) {
                    JsonNode shown = event.path(field);
                    return !shown.isTextual() || shown.textValue().equals(value)
                            ? Optional.of(event)
                            : Optional.empty();
                }
                for (JsonNode item : items()) {
                    if (value.equals(item.path(field).textValue())
                            && item.path("id").isTextual()) {
                        return Optional.of(item);
                    }
                }
                return Optional.empty();
            }

            /** The items of a page: {@code items}, as Credyt documents it, or the array itself. */
            public JsonNode items() {
                return event.isArray() ? event : event.path("items");
            }

            public boolean hasFees() {
                return event.path("fees").isArray() && !event.path("fees").isEmpty();
            }

            @Override
            public <R> R match(
                    Function<Found, R> onFound, Function<Absent, R> onAbsent, Function<Unanswered, R> onUnanswered) {
                return onFound.apply(this);
            }
        }

        /** Credyt does not have it. */
        record Absent() implements QueryResult {
            @Override
            public <R> R match(
                    Function<Found, R> onFound, Function<Absent, R> onAbsent, Function<Unanswered, R> onUnanswered) {
                return onAbsent.apply(this);
            }
        }

        /**
         * Unknown.
         *
         * @param why for messages
         * @param reached whether Credyt gave an answer, though without a result
         */
        record Unanswered(String why, boolean reached) implements QueryResult {
            @Override
            public <R> R match(
                    Function<Found, R> onFound, Function<Absent, R> onAbsent, Function<Unanswered, R> onUnanswered) {
                return onUnanswered.apply(this);
            }
        }
    }
}
