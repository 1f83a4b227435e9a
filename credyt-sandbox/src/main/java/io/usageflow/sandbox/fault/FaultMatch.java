package io.usageflow.sandbox.fault;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The requests that a fault concerns. Immutable; every given part must match.
 *
 * @param route {@code POST /events} or {@code GET /customers/{id}}, as the documentation writes it; null for all
 * @param eventId a request whose body or path has this id; null for all
 * @param customer likewise, Credyt's id or the external one
 */
public record FaultMatch(
        @Nullable String route,
        @Nullable String eventId,
        @Nullable String customer) {
    public static final FaultMatch ALL = new FaultMatch(null, null, null);
    public static final FaultMatch POST_EVENTS = route("POST /events");

    public static FaultMatch route(String route) {
        return new FaultMatch(route, null, null);
    }

    public FaultMatch ofEvent(String id) {
        return new FaultMatch(route, id, customer);
    }

    public FaultMatch ofCustomer(String id) {
        return new FaultMatch(route, eventId, id);
    }

    /**
     * Whether the request is concerned.
     *
     * @param path with its query, decoded
     */
    public boolean meets(String requestRoute, String path, byte[] body) {
        return (route == null || route.equals(requestRoute))
                && (eventId == null || names(eventId, path, body))
                && (customer == null || names(customer, path, body));
    }

    private static boolean names(String id, String path, byte[] body) {
        // ISO 8859-1 maps each byte to one character: a cheap and exact search.
        String quoted = new String(('"' + id + '"').getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return path.contains(id) || new String(body, StandardCharsets.ISO_8859_1).contains(quoted);
    }
}
