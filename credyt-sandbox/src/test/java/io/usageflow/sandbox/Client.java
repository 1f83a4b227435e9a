package io.usageflow.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A client as a user would write one: knows the paths and the key, nothing of the sandbox. */
final class Client {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;
    private final String key;
    private final @Nullable String account;

    Client(URI base) {
        this(base, "dev");
    }

    Client(URI base, String key) {
        this(base, key, null);
    }

    private Client(URI base, String key, @Nullable String account) {
        this.base = base;
        this.key = key;
        this.account = account;
    }

    /** The same client for a connected account. */
    Client as(String connectedAccount) {
        return new Client(base, key, connectedAccount);
    }

    /** @param text the body; {@code json} reads it */
    record Reply(int status, String contentType, String text, HttpResponse<String> response) {
        JsonNode json() {
            try {
                return Json.read(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(text, e);
            }
        }
    }

    Reply get(String path) {
        return reply(request(path).GET().build());
    }

    Reply post(String path, String json) {
        return reply(request(path).POST(BodyPublishers.ofString(json)).build());
    }

    Reply patch(String path, String json) {
        return reply(
                request(path).method("PATCH", BodyPublishers.ofString(json)).build());
    }

    Reply delete(String path) {
        return reply(request(path).DELETE().build());
    }

    /** For failures of the connection: throws what the client sees. */
    HttpResponse<String> sendRaw(HttpRequest request) throws IOException {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(PATIENCE)
                .header("X-Credyt-Api-Key", key)
                .header("Content-Type", "application/json");
        return account == null ? request : request.header("X-Credyt-Account", account);
    }

    private Reply reply(HttpRequest request) {
        try {
            HttpResponse<String> response = sendRaw(request);
            return new Reply(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    response.body(),
                    response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
