package io.usageflow.forwarder.funds;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.observe.http.AdminClient;
import io.usageflow.forwarder.observe.http.AdminClient.StagePage;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Asks an admin port for {@code /delivery/funds}. Thread-safe. */
public final class FundsClient {
    public static final String PATH = "/delivery/funds";

    private static final StagePage PAGE = new StagePage(PATH, "customers", "delivery");

    private final AdminClient client;

    /**
     * Makes a client.
     *
     * @param token of the admin ports, {@code admin.token}
     * @param within how long to wait for an answer
     */
    public FundsClient(Optional<String> token, Duration within) {
        client = new AdminClient(token, within);
    }

    /**
     * Reads the customers that lack funds.
     *
     * @param admin base address, {@code http(s)://HOST:PORT}
     * @throws UnreachableException where there is no usable answer
     */
    public FundsDocument list(URI admin) throws InterruptedException {
        return answer(admin, client.read(admin, PAGE, "", FundsDocument.class));
    }

    /**
     * Has customers tried now.
     *
     * @param customer the only one; all that lack funds where empty
     * @param credytAccount the account at Credyt that the customer is in; every account where empty
     * @throws UnreachableException where there is no usable answer
     */
    public FundsDocument.Retried retry(URI admin, Optional<String> customer, Optional<String> credytAccount)
            throws InterruptedException {
        String query = customer.map(name -> "customer=" + URLEncoder.encode(name, UTF_8))
                        .orElse("")
                + credytAccount
                        .map(id -> "&credyt_account=" + URLEncoder.encode(id, UTF_8))
                        .orElse("");
        return answer(admin, client.command(admin, PAGE, query, FundsDocument.Retried.class));
    }

    private static <T> T answer(URI admin, CompletableFuture<T> asked) throws InterruptedException {
        try {
            return asked.get();
        } catch (ExecutionException unanswered) {
            throw new UnreachableException(admin + " " + AdminClient.why(unanswered));
        }
    }

    /** An instance gave no usable answer; the message says why and names the remedy. */
    public static final class UnreachableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnreachableException(String message) {
            super(message);
        }
    }
}
