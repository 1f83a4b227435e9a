package io.usageflow.forwarder.credyt.lookup;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

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

    /** Accepts any body, since an empty one, a page or an object are valid answers to a lookup (docs/credyt-api.md, 2). */
    static ExpectedBody lookup() {
        return body -> Optional.empty();
    }
}
