package io.usageflow.forwarder.parked;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.parked.InstanceAnswer.Answered;
import io.usageflow.forwarder.parked.InstanceAnswer.Unreachable;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Asks admin ports for {@code GET /admission/parked}, all at once. Thread-safe. */
public final class ParkedClient {
    public static final int LIMIT_MAX = 10_000;

    /** What {@value #LIMIT_MAX} accounts with long names need at most. */
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
    public ParkedClient(Optional<String> token, Duration within) {
        this.token = token;
        this.within = within;
        client = HttpClient.newBuilder().connectTimeout(within).build();
    }

    /**
     * Asks each instance, and returns the answers in the order of the addresses.
     *
     * @param admins base addresses, each {@code http(s)://HOST:PORT}
     * @param account the only one to show; any where empty
     * @param limit accounts that each instance shows, 1 to {@value #LIMIT_MAX}
     */
    public List<InstanceAnswer> ask(List<URI> admins, Optional<String> account, int limit) {
        List<CompletableFuture<InstanceAnswer>> asked =
                admins.stream().map(admin -> ask(admin, account, limit)).toList();
        return asked.stream().map(CompletableFuture::join).toList();
    }

    private CompletableFuture<InstanceAnswer> ask(URI admin, Optional<String> account, int limit) {
        String query = "limit=" + limit
                + account.map(name -> "&account=" + URLEncoder.encode(name, UTF_8))
                        .orElse("");
        URI question = URI.create(admin.toString().replaceAll("/+$", "") + "/admission/parked?" + query);
        HttpRequest.Builder request = HttpRequest.newBuilder(question).timeout(within);
        token.ifPresent(known -> request.header("Authorization", "Bearer " + known));
        return client.sendAsync(request.build(), BodyHandlers.ofInputStream())
                .<InstanceAnswer>thenApply(response -> answer(admin, response))
                .exceptionally(failure -> new Unreachable(admin, why(failure)));
    }

    private static String why(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String said = Optional.ofNullable(cause.getMessage())
                .orElse(cause instanceof ConnectException ? "connection refused" : "connection broken");
        return "does not answer (" + said + "): check that a forwarder with the role admission runs there"
                + " (admin.host, admin.port)";
    }

    private static InstanceAnswer answer(URI admin, HttpResponse<InputStream> response) {
        try (InputStream in = response.body()) {
            if (response.statusCode() == 404) {
                return new Unreachable(
                        admin, "has no parked events to show: this instance does not have the role admission");
            }
            String body = new String(in.readNBytes(PAGE_BYTES_MAX), UTF_8);
            return response.statusCode() == 200
                    ? new Answered(admin, ReportJson.read(body, ParkedDocument.class))
                    : new Unreachable(admin, "answers with status " + response.statusCode() + ": " + problem(body));
        } catch (JsonProcessingException foreign) {
            return new Unreachable(admin, "answers, but not as a forwarder does: check the address");
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
