package io.usageflow.forwarder.parked;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.observe.http.AdminClient;
import io.usageflow.forwarder.observe.http.AdminClient.StagePage;
import io.usageflow.forwarder.parked.InstanceAnswer.Answered;
import io.usageflow.forwarder.parked.InstanceAnswer.Unreachable;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Asks admin ports for {@code GET /admission/parked}, all at once. Thread-safe. */
public final class ParkedClient {
    public static final int LIMIT_MAX = 10_000;

    private static final StagePage PAGE = new StagePage(ParkedDocument.PATH, "parked events", "admission");

    private final AdminClient client;

    /**
     * Makes a client.
     *
     * @param token of the admin ports, {@code admin.token}
     * @param within how long to wait for an answer
     */
    public ParkedClient(Optional<String> token, Duration within) {
        client = new AdminClient(token, within);
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
        return client.read(admin, PAGE, query, ParkedDocument.class)
                .<InstanceAnswer>thenApply(page -> new Answered(admin, page))
                .exceptionally(failure -> new Unreachable(admin, AdminClient.why(failure)));
    }
}
