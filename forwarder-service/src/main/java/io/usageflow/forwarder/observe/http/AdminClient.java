package io.usageflow.forwarder.observe.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.forwarder.observe.AdminPage;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Asks the admin ports of forwarders for a page of a stage. Thread-safe. */
public final class AdminClient {
    /** What 10,000 parked accounts with long names need at most. */
    private static final int PAGE_BYTES_MAX = 64 * 1024 * 1024;

    private final HttpClient client;
    private final Optional<String> token;
    private final Duration within;

    /**
     * Makes a client.
     *
     * @param token of the admin ports, {@code admin.token}
     * @param within how long to wait for an answer
     */
    public AdminClient(Optional<String> token, Duration within) {
        this.token = token;
        this.within = within;
        client = HttpClient.newBuilder().connectTimeout(within).build();
    }

    /**
     * A page of a stage.
     *
     * @param path such as {@code /admission/parked}
     * @param shows what it shows, for people
     * @param role of the instances that have it
     */
    public record StagePage(String path, String shows, String role) {}

    /** There is no usable answer. The message is what the instance does, and names the remedy. */
    public static final class UnansweredException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnansweredException(String message) {
            super(message);
        }
    }

    /**
     * Reads the page.
     *
     * @param admin base address, {@code http(s)://HOST:PORT}
     * @param query encoded; may be empty
     * @return completes with an {@link UnansweredException} where there is no usable answer
     */
    public <T> CompletableFuture<T> read(URI admin, StagePage page, String query, Class<T> type) {
        return ask(HttpRequest.newBuilder(address(admin, page, query)), page, type);
    }

    /** As {@link #read}, for what a POST to the page does. */
    public <T> CompletableFuture<T> command(URI admin, StagePage page, String query, Class<T> type) {
        return ask(
                HttpRequest.newBuilder(address(admin, page, query))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.noBody()),
                page,
                type);
    }

    private static URI address(URI admin, StagePage page, String query) {
        return URI.create(admin.toString().replaceAll("/+$", "") + page.path() + (query.isEmpty() ? "" : "?" + query));
    }

    private <T> CompletableFuture<T> ask(HttpRequest.Builder request, StagePage page, Class<T> type) {
        token.ifPresent(known -> request.header("Authorization", "Bearer " + known));
        return client.sendAsync(request.timeout(within).build(), BodyHandlers.ofInputStream())
                .thenApply(response -> answer(response, page, type))
                .exceptionally(failure -> {
                    throw unanswered(failure, page);
                });
    }

    /** Why there was no usable answer: the message of the {@link UnansweredException} inside the failure. */
    public static String why(Throwable failure) {
        return String.valueOf(cause(failure).getMessage());
    }

    private static Throwable cause(Throwable failure) {
        boolean wraps = failure instanceof CompletionException || failure instanceof ExecutionException;
        Throwable cause = failure.getCause();
        return wraps && cause != null ? cause : failure;
    }

    private static UnansweredException unanswered(Throwable failure, StagePage page) {
        Throwable cause = cause(failure);
        if (cause instanceof UnansweredException known) {
            return known;
        }
        String said = Optional.ofNullable(cause.getMessage())
                .orElse(cause instanceof ConnectException ? "connection refused" : "connection broken");
        return new UnansweredException("does not answer (" + said + "): check that a forwarder with the role "
                + page.role() + " runs there (admin.host, admin.port)");
    }

    private static <T> T answer(HttpResponse<InputStream> response, StagePage page, Class<T> type) {
        try (InputStream in = response.body()) {
            if (response.statusCode() == 404) {
                throw new UnansweredException(
                        "has no " + page.shows() + " to show: this instance does not have the role " + page.role());
            }
            String body = new String(in.readNBytes(PAGE_BYTES_MAX), UTF_8);
            if (response.statusCode() != 200) {
                throw new UnansweredException("answers with status " + response.statusCode() + ": " + problem(body));
            }
            return ReportJson.read(body, type);
        } catch (JsonProcessingException foreign) {
            throw new UnansweredException("answers, but not as a forwarder does: check the address");
        } catch (IOException broken) {
            throw new CompletionException(broken);
        }
    }

    private static String problem(String body) {
        try {
            return ReportJson.read(body, AdminPage.Problem.class).error();
        } catch (JsonProcessingException foreign) {
            return "ask again in a while";
        }
    }
}
