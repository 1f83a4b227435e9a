package io.usageflow.forwarder.parked;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.parked.InstanceAnswer.Answered;
import io.usageflow.forwarder.parked.InstanceAnswer.ParkedAccount;
import io.usageflow.forwarder.parked.InstanceAnswer.Reason;
import io.usageflow.forwarder.parked.InstanceAnswer.Unreachable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Asks admin ports for {@code GET /admission/parked}, all at once, each for {@link #ANSWER_WITHIN} at most. Thread-safe. */
public final class ParkedClient {
    public static final int LIMIT_MAX = 10_000;

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(ANSWER_WITHIN).build();
    private final Optional<String> token;

    public ParkedClient() {
        this(Optional.empty());
    }

    /** @param token of the admin ports, {@code admin.token} */
    public ParkedClient(Optional<String> token) {
        this.token = token;
    }

    /**
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
        HttpRequest.Builder request = HttpRequest.newBuilder(question).timeout(ANSWER_WITHIN);
        token.ifPresent(known -> request.header("Authorization", "Bearer " + known));
        return client.sendAsync(request.build(), BodyHandlers.ofString(UTF_8))
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

    private static InstanceAnswer answer(URI admin, HttpResponse<String> response) {
        JsonNode body;
        try {
            body = JSON.readTree(response.body());
        } catch (IOException noJson) {
            body = JSON.nullNode();
        }
        if (response.statusCode() == 404) {
            return new Unreachable(
                    admin, "has no parked events to show: this instance does not have the role admission");
        }
        if (response.statusCode() != 200) {
            return new Unreachable(
                    admin,
                    "answers with status " + response.statusCode() + ": "
                            + body.path("error").asText("ask again in a while"));
        }
        try {
            return answered(admin, body);
        } catch (IllegalArgumentException | DateTimeException foreign) {
            return new Unreachable(admin, "answers, but not as a forwarder does: check the address");
        }
    }

    private static Answered answered(URI admin, JsonNode body) {
        JsonNode scope = required(body, "scope");
        JsonNode totals = required(body, "totals");
        Set<Integer> partitions = new HashSet<>();
        required(scope, "partitions").forEach(partition -> partitions.add(partition.asInt()));
        Map<Integer, String> unreadable = new HashMap<>();
        required(scope, "unreadable")
                .forEach(each -> unreadable.put(
                        each.path("partition").asInt(), each.path("why").asText()));
        List<ParkedAccount> shown = new ArrayList<>();
        required(body, "accounts").forEach(each -> shown.add(account(each)));
        return new Answered(
                admin,
                partitions,
                unreadable,
                required(scope, "partitions_in_all").asInt(),
                required(totals, "events").asLong(),
                required(totals, "accounts").asLong(),
                Optional.ofNullable(totals.get("oldest_since")).map(since -> Instant.parse(since.asText())),
                shown);
    }

    private static ParkedAccount account(JsonNode entry) {
        JsonNode waitsFor = required(entry, "waits_for");
        return new ParkedAccount(
                required(entry, "account").asText(),
                required(entry, "partition").asInt(),
                required(entry, "events").asLong(),
                Instant.parse(required(entry, "oldest_since").asText()),
                required(waitsFor, "link").asText().equals("vendor") ? LinkKind.VENDOR : LinkKind.CUSTOMER,
                required(waitsFor, "name").asText(),
                Reason.of(waitsFor.path("reason").asText()));
    }

    private static JsonNode required(JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (value == null) {
            throw new IllegalArgumentException("no " + field);
        }
        return value;
    }
}
