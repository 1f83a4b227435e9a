package io.usageflow.forwarder.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** The metrics page of a forwarder, as Prometheus would scrape it at this moment. Immutable. */
public final class Metrics {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final List<String> lines;

    private Metrics(List<String> lines) {
        this.lines = lines;
    }

    /**
     * Reads the metrics of a forwarder.
     *
     * @param adminUrl without path
     */
    public static Metrics scrape(String adminUrl) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(adminUrl + "/metrics"))
                .timeout(ANSWER_WITHIN)
                .build();
        try {
            return new Metrics(HTTP.send(request, HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> !line.startsWith("#"))
                    .toList());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /**
     * Over all that have this name, whatever their tags are; 0 where there is none.
     *
     * @param tagged what the tags must hold
     */
    public double sum(String name, String tagged) {
        return lines.stream()
                .filter(line -> line.startsWith(name + "{") && line.contains(tagged))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .filter(value -> !Double.isNaN(value))
                .sum();
    }
}
