package io.usageflow.forwarder.console.alert;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.usageflow.forwarder.json.ReportJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** Asks a Prometheus for its alert rules. Follows no redirect, and reads a bounded answer. Thread-safe. */
final class PrometheusClient {
    static final int BYTES_MAX = 8 * 1024 * 1024;
    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final String PATH = "/api/v1/rules?type=alert";

    private final URI rules;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(WITHIN).build();

    /** @param url without a slash at its end */
    PrometheusClient(URI url) {
        rules = URI.create(url + PATH);
    }

    /**
     * Reads the rules.
     *
     * @throws IOException if there is no usable answer; its message says why
     */
    AlertRules read() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(rules)
                .timeout(WITHIN)
                .header("Accept", "application/json")
                .build();
        HttpResponse<InputStream> response;
        try {
            response = client.send(request, BodyHandlers.ofInputStream());
        } catch (IOException broken) {
            throw new IOException(
                    "Prometheus does not answer at " + rules + " ("
                            + broken.getClass().getSimpleName() + ")",
                    broken);
        }
        try (InputStream in = response.body()) {
            byte[] body = in.readNBytes(BYTES_MAX + 1);
            if (response.statusCode() != 200) {
                throw new IOException(rules + " answered with status " + response.statusCode());
            }
            if (body.length > BYTES_MAX) {
                throw new IOException(rules + " answered with more than " + BYTES_MAX / 1024 / 1024 + " MiB");
            }
            return Optional.ofNullable(ReportJson.read(new String(body, UTF_8), AlertRules.Document.class))
                    .orElseThrow(() -> new IOException(rules + " answered, but not as Prometheus does"))
                    .ours();
        } catch (JsonProcessingException foreign) {
            throw new IOException(rules + " answered, but not as Prometheus does", foreign);
        }
    }
}
