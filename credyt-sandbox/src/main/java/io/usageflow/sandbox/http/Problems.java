package io.usageflow.sandbox.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.usageflow.sandbox.behaviour.EventAnswers.ErrorKeys;
import io.usageflow.sandbox.json.Fields.FieldErrors;
import io.usageflow.sandbox.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Error responses: {@code ProblemDetails}, and {@code ValidationProblem} with {@code errors} keyed by field. Two
 * guesses: the values are lists, and statuses other than 400 and 422 have a body.
 */
public final class Problems {
    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(400, "Bad Request"),
            Map.entry(402, "Payment Required"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(408, "Request Timeout"),
            Map.entry(409, "Conflict"),
            Map.entry(413, "Content Too Large"),
            Map.entry(415, "Unsupported Media Type"),
            Map.entry(421, "Misdirected Request"),
            Map.entry(422, "Unprocessable Entity"),
            Map.entry(425, "Too Early"),
            Map.entry(429, "Too Many Requests"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(502, "Bad Gateway"),
            Map.entry(503, "Service Unavailable"),
            Map.entry(504, "Gateway Timeout"));

    private Problems() {}

    private record Problem(
            String type,
            String title,
            int status,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String detail,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Map<String, List<String>> errors) {}

    public static ApiResponse of(int status, String detail) {
        if (status == 401) {
            // The OpenAPI file describes no body: "access is unauthorized".
            return ApiResponse.empty(401);
        }
        return response(status, title(status), detail, null);
    }

    public static ApiResponse notFound(String what, String id) {
        return of(404, "There is no " + what + " " + id + ".");
    }

    public static ApiResponse invalid(FieldErrors errors, ErrorKeys keys) {
        return response(422, "One or more validation errors occurred.", null, errors(errors, keys));
    }

    public static ApiResponse conflict(FieldErrors errors, ErrorKeys keys) {
        return response(409, title(409), null, errors(errors, keys));
    }

    /** 402. The errors name the events that the balance does not cover. A guess: no source shows such a response. */
    public static ApiResponse paymentRequired(FieldErrors errors, ErrorKeys keys) {
        return response(402, title(402), "The balance does not cover the fees of the events.", errors(errors, keys));
    }

    /** The messages by key, in the notation of {@code keys}. */
    public static Map<String, List<String>> errors(FieldErrors errors, ErrorKeys keys) {
        Map<String, List<String>> byKey = new LinkedHashMap<>();
        errors.byPath().forEach((path, messages) -> byKey.computeIfAbsent(keys.write(path), key -> new ArrayList<>())
                .addAll(messages));
        return byKey;
    }

    private static String title(int status) {
        return TITLES.getOrDefault(status, "Error");
    }

    private static ApiResponse response(
            int status, String title, @Nullable String detail, @Nullable Map<String, List<String>> errors) {
        byte[] body = Json.write(new Problem("about:blank", title, status, detail, errors));
        return new ApiResponse(status, "application/problem+json", body, Map.of());
    }
}
