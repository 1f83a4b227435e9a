package io.usageflow.benchmarks.delivery;

import io.usageflow.forwarder.observe.meter.DeliveryMeter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.apache.kafka.common.errors.InterruptException;

/**
 * What delivery says of itself under {@code /metrics}, all outcomes together. Immutable.
 *
 * @param requests answered
 * @param requestSeconds from sending each until its answer was followed, summed up
 * @param settlements transactions
 * @param settlementSeconds they took, summed up
 * @param limit requests that may be in flight now
 */
record EngineMeters(
        double requests, double requestSeconds, double settlements, double settlementSeconds, double limit) {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    static EngineMeters read(String url) {
        try {
            String page = CLIENT.send(
                            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            return new EngineMeters(
                    sum(page, DeliveryMeter.REQUESTS, "_seconds_count"),
                    sum(page, DeliveryMeter.REQUESTS, "_seconds_sum"),
                    sum(page, DeliveryMeter.SETTLEMENTS, "_seconds_count"),
                    sum(page, DeliveryMeter.SETTLEMENTS, "_seconds_sum"),
                    sum(page, DeliveryMeter.LIMIT, "_requests"));
        } catch (IOException e) {
            throw new UncheckedIOException("delivery's meters cannot be read", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static double sum(String page, DeliveryMeter meter, String suffix) {
        String name = meter.meterName().replace('.', '_') + suffix;
        return page.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    EngineMeters since(EngineMeters before) {
        return new EngineMeters(
                requests - before.requests,
                requestSeconds - before.requestSeconds,
                settlements - before.settlements,
                settlementSeconds - before.settlementSeconds,
                limit);
    }
}
