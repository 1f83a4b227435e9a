package io.usageflow.sandbox.http;

import io.usageflow.sandbox.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer before it is sent. Treat the bytes as immutable.
 *
 * @param contentType null for an answer without a body
 */
public record Answer(int status, @Nullable String contentType, byte[] body, Map<String, String> headers) {
    private static final byte[] NOTHING = new byte[0];

    public static Answer ok(Object json) {
        return json(200, json);
    }

    public static Answer created(Object json) {
        return json(201, json);
    }

    public static Answer json(int status, Object json) {
        return new Answer(status, "application/json", Json.write(json), Map.of());
    }

    public static Answer empty(int status) {
        return new Answer(status, null, NOTHING, Map.of());
    }

    public Answer withHeader(String name, String value) {
        return new Answer(status, contentType, body, Map.of(name, value));
    }
}
