package io.usageflow.sandbox.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.behaviour.ErrorKeys;
import io.usageflow.sandbox.json.FieldErrors;
import io.usageflow.sandbox.json.Json;
import java.util.Map;

/**
 * Error answers: {@code ProblemDetails}, and {@code ValidationProblem} with {@code errors} keyed by field. That the values
 * are lists is a guess, and so is the body of everything but 400 and 422.
 */
public final class Problems {
    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(400, "Bad Request"),
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

    public static Answer of(int status, String detail) {
        if (status == 401) {
            // "access is unauthorized", and no body: as the OpenAPI file describes it.
            return Answer.empty(401);
        }
        return answer(status, problem(status).put("detail", detail));
    }

    public static Answer notFound(String what, String id) {
        return of(404, "There is no " + what + " " + id + ".");
    }

    public static Answer invalid(FieldErrors errors, ErrorKeys keys) {
        return answer(
                422, withErrors(problem(422).put("title", "One or more validation errors occurred."), errors, keys));
    }

    public static Answer conflict(FieldErrors errors, ErrorKeys keys) {
        return answer(409, withErrors(problem(409), errors, keys));
    }

    public static ObjectNode errorsJson(FieldErrors errors, ErrorKeys keys) {
        ObjectNode json = Json.object();
        errors.byPath()
                .forEach((path, messages) -> messages.forEach(json.withArray("/" + pointer(keys.write(path)))::add));
        return json;
    }

    private static String pointer(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    private static ObjectNode withErrors(ObjectNode problem, FieldErrors errors, ErrorKeys keys) {
        return problem.set("errors", errorsJson(errors, keys));
    }

    private static ObjectNode problem(int status) {
        return Json.object()
                .put("type", "about:blank")
                .put("title", TITLES.getOrDefault(status, "Error"))
                .put("status", status);
    }

    private static Answer answer(int status, ObjectNode body) {
        return new Answer(status, "application/problem+json", Json.write(body), Map.of());
    }
}
