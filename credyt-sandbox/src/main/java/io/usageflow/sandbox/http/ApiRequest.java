package io.usageflow.sandbox.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Json;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;

/**
 * A request that was let in.
 *
 * @param params the decoded parts of the path that the route's pattern names
 * @param baseUrl scheme, host and port under which the client came, for links
 */
public record ApiRequest(Map<String, String> params, Query query, byte[] body, String baseUrl) {
    public String param(String name) {
        String value = params.get(name);
        if (value == null) {
            throw new IllegalStateException("the route's pattern has no {" + name + "}");
        }
        return value;
    }

    /** The answer of the function, or 400 where the body is not a JSON object. */
    public Answer withBody(Function<Fields, Answer> answer) {
        try {
            JsonNode json = Json.read(body);
            return json instanceof ObjectNode object
                    ? answer.apply(Fields.of(object))
                    : Problems.of(400, "The body must be a JSON object.");
        } catch (IOException e) {
            return Problems.of(400, "The body is not valid JSON.");
        }
    }
}
