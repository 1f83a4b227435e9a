package io.usageflow.sandbox.http;

import io.javalin.http.HandlerType;

/**
 * One operation of the API.
 *
 * @param pattern Javalin's notation: {@code /events/{id}}
 */
public record Route(HandlerType method, String pattern, Operation operation) {
    /** Called by many threads at once. */
    public interface Operation {
        ApiResponse answer(ApiRequest request);
    }

    public static Route get(String pattern, Operation operation) {
        return new Route(HandlerType.GET, pattern, operation);
    }

    public static Route post(String pattern, Operation operation) {
        return new Route(HandlerType.POST, pattern, operation);
    }

    public static Route patch(String pattern, Operation operation) {
        return new Route(HandlerType.PATCH, pattern, operation);
    }

    public static Route delete(String pattern, Operation operation) {
        return new Route(HandlerType.DELETE, pattern, operation);
    }

    /** {@code POST /events}: its name in fault rules and in the request log. */
    public String name() {
        return method + " " + pattern;
    }
}
