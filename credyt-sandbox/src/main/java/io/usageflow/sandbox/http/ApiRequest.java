package io.usageflow.sandbox.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Json;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request that passed the gate.
 *
 * @param params the decoded path parameters of the route's pattern
 * @param account the connected account that the request concerns; null for that of the API key
 * @param baseUrl scheme, host and port under which the client came, for links
 */
public record ApiRequest(
        Map<String, String> params, Query query, @Nullable String account, byte[] body, String baseUrl) {
    public String param(String name) {
        String value = params.get(name);
        if (value == null) {
            throw new IllegalStateException("the route's pattern has no {" + name + "}");
        }
        return value;
    }

    /** The response of the function, or 400 if the body is not a JSON object. */
    public ApiResponse withBody(Function<Fields, ApiResponse> operation) {
        try {
            JsonNode json = Json.read(body);
            return json instanceof ObjectNode object
                    ? operation.apply(Fields.of(object))
                    : Problems.of(400, "The body must be a JSON object.");
        } catch (IOException e) {
            return Problems.of(400, "The body is not valid JSON.");
        }
    }

    public interface Query {
        /** The first value; null if the parameter is absent. */
        @Nullable
        String get(String name);
    }
}
