package io.usageflow.sandbox.http;

import io.usageflow.sandbox.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A response before it is sent. Treat the bytes as immutable.
 *
 * @param contentType null for a response without a body
 */
public record ApiResponse(int status, @Nullable String contentType, byte[] body, Map<String, String> headers) {
    private static final byte[] NOTHING = new byte[0];

    public static ApiResponse ok(Object json) {
        return json(200, json);
    }

    public static ApiResponse created(Object json) {
        return json(201, json);
    }

    public static ApiResponse json(int status, Object json) {
        return new ApiResponse(status, "application/json", Json.write(json), Map.of());
    }

    public static ApiResponse empty(int status) {
        return new ApiResponse(status, null, NOTHING, Map.of());
    }

    public ApiResponse withHeader(String name, String value) {
        return new ApiResponse(status, contentType, body, Map.of(name, value));
    }
}
