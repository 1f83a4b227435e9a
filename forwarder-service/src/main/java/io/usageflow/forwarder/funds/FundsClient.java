package io.usageflow.forwarder.funds;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.forwarder.observe.AdminPage;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** Asks an admin port for {@code /delivery/funds}. Thread-safe. */
public final class FundsClient {
    public static final String PATH = "/delivery/funds";

    private final HttpClient client;
    private final Optional<String> token;
    private final Duration within;

    /**
     * Makes a client.
     *
     * @param token of the admin ports, {@code admin.token}
     * @param within how long to wait for an answer
     */
    public FundsClient(Optional<String> token, Duration within) {
        this.token = token;
        this.within = within;
        client = HttpClient.newBuilder().connectTimeout(within).build();
    }

    /**
     * Reads the customers that lack funds.
     *
     * @param admin base address, {@code http(s)://HOST:PORT}
     * @throws UnreachableException where there is no usable answer
     */
    public FundsDocument list(URI admin) throws InterruptedException {
        return ask(admin, HttpRequest.newBuilder(page(admin, Optional.empty())), FundsDocument.class);
    }

    /**
     * Has customers tried now.
     *
     * @param customer the only one; all that lack funds where empty
     * @throws UnreachableException where there is no usable answer
     */
    public FundsDocument.Retried retry(URI admin, Optional<String> customer) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(page(admin, customer))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.noBody());
        return ask(admin, request, FundsDocument.Retried.class);
    }

    private static URI page(URI admin, Optional<String> customer) {
        String query = customer.map(name -> "?customer=" + URLEncoder.encode(name, UTF_8))
                .orElse("");
        return URI.create(admin.toString().replaceAll("/+$", "") + PATH + query);
    }

    private <T> T ask(URI admin, HttpRequest.Builder request, Class<T> type) throws InterruptedException {
        token.ifPresent(known -> request.header("Authorization", "Bearer " + known));
        try {
            HttpResponse<String> response = client.send(request.timeout(within).build(), BodyHandlers.ofString(UTF_8));
            if (response.statusCode() == 404) {
                throw new UnreachableException(
                        admin + " has no customers to show: this instance does not have the role delivery");
            }
            if (response.statusCode() != 200) {
                throw new UnreachableException(admin + " answers with status " + response.statusCode() + ": "
                        + ReportJson.read(response.body(), AdminPage.Problem.class)
                                .error());
            }
            return ReportJson.read(response.body(), type);
        } catch (JsonProcessingException foreign) {
            throw new UnreachableException(admin + " answers, but not as a forwarder does: check the address");
        } catch (IOException broken) {
            throw new UnreachableException(admin + " does not answer ("
                    + Optional.ofNullable(broken.getMessage()).orElse("connection refused")
                    + "): check that a forwarder with the role delivery runs there (admin.host, admin.port)");
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
