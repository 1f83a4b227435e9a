package io.usageflow.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.http.Answer;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Typed calls and seeds take the same way as requests, only without a socket. */
final class Registrar {
    private static final int CREATED = 201;

    private final List<Route> routes;

    Registrar(List<Route> routes) {
        this.routes = routes;
    }

    /**
     * Posts and returns the new id.
     *
     * @throws IllegalArgumentException where the API would refuse the body; the message has its errors
     */
    String post(String path, ObjectNode body, String place) {
        Route route = routes.stream()
                .filter(candidate -> candidate.name().equals("POST " + path))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no POST " + path));
        Answer answer =
                route.operation().answer(new ApiRequest(Map.of(), name -> null, Json.write(body), "http://sandbox"));
        if (answer.status() != CREATED) {
            throw new IllegalArgumentException(
                    place + " was refused: " + new String(answer.body(), StandardCharsets.UTF_8));
        }
        JsonNode created = Json.readStored(answer.body());
        return created.path("id").asText();
    }

    void load(SandboxSeed seed) {
        seed.items().forEach(item -> post(item.path(), item.body(), "seed: " + item.place()));
    }
}
