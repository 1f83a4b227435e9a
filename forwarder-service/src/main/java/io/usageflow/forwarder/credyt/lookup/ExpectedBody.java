package io.usageflow.forwarder.credyt.lookup;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What the body of a good answer must be. Pure. */
public interface ExpectedBody {
    /** What is wrong with it, as the end of a sentence that begins with the status; empty where nothing. */
    Optional<String> objection(JsonNode body);

    /** The one event of that id, which it must name: what does not may be anything. */
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

    /** A part of a list: in {@code items}, as Credyt documents it, or the bare list. */
    static ExpectedBody page() {
        return body ->
                body.isArray() || body.path("items").isArray() ? Optional.empty() : Optional.of("without a list");
    }

    /** A lookup, to which nothing, a page and a single object are answers (docs/credyt-api.md, 2). */
    static ExpectedBody lookup() {
        return body -> Optional.empty();
    }
}
