package io.usageflow.benchmarks.program;

import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.observe.HealthReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** The forwarder as {@code usageflow forwarder} runs it, with the roles set. Its own ledger counts what came out. */
public final class ForwarderProgram implements SideProgram {
    private static final String FORGOTTEN = "usageflow_admission_ids_forgotten_ids_total{cause=\"window\"}";

    private final HttpClient http = HttpClient.newHttpClient();
    private @Nullable Forwarder forwarder;

    @Override
    public void start(Settings settings) {
        forwarder = Forwarder.start(settings);
    }

    @Override
    public boolean ready() {
        return forwarder != null && forwarder.health().ready();
    }

    @Override
    public void requireAlive() {
        HealthReport health = started().health();
        if (!health.live()) {
            throw new IllegalStateException("the forwarder is dead: " + health.stages());
        }
    }

    /** From its metrics, as an operator would see it. */
    @Override
    public long forgotten() {
        URI metrics = URI.create(started().adminUrl() + "/metrics");
        try {
            return http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith(FORGOTTEN))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("there is no " + FORGOTTEN + " at " + metrics));
        } catch (IOException e) {
            throw new UncheckedIOException(metrics + " does not answer", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public String metricsUrl() {
        return forwarder == null ? "" : forwarder.adminUrl() + "/metrics";
    }

    private Forwarder started() {
        return Objects.requireNonNull(forwarder, "the forwarder was not started");
    }

    @Override
    public void stop() {
        if (forwarder != null) {
            forwarder.close();
            forwarder = null;
        }
    }
}
