package io.usageflow.forwarder.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.schema.text.VisibleText;
import java.util.List;
import java.util.function.Supplier;

/**
 * Serves {@code /health/live}, {@code /health/ready} (200, or 503 with the reasons) and {@code /metrics} (Prometheus
 * text, or OpenMetrics where asked for), and the stages' own {@link AdminPage}s. Read only and without secrets. Thread-safe; close it.
 */
public final class AdminServer implements AutoCloseable {
    private static final int UNAVAILABLE = 503;

    private final Javalin server;
    private final String host;

    private AdminServer(Javalin server, String host) {
        this.server = server;
        this.host = host;
    }

    /**
     * Listens at once.
     *
     * @param stages asked at every request, so that the server can be up before the stages are
     * @param pages the stages' own
     * @throws AdminPortBusyException if it cannot listen there
     */
    public static AdminServer start(
            AdminSettings settings,
            Supplier<List<Stage>> stages,
            List<AdminPage> pages,
            PrometheusMeterRegistry meters) {
        Javalin server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.startup.startupWatcherEnabled = false;
            config.routes.get("/health/live", request -> {
                HealthReport report = HealthReport.of(stages.get());
                answer(request, report.live() ? 200 : UNAVAILABLE, report.json());
            });
            config.routes.get("/health/ready", request -> {
                HealthReport report = HealthReport.of(stages.get());
                answer(request, report.ready() ? 200 : UNAVAILABLE, report.json());
            });
            config.routes.get("/metrics", request -> {
                String accepted = request.header("Accept");
                String type = accepted != null && accepted.contains("application/openmetrics-text")
                        ? ProcessMeters.OPEN_METRICS
                        : ProcessMeters.PLAIN;
                request.contentType(type).result(meters.scrape(type));
            });
            pages.forEach(page -> config.routes.get(page.path(), request -> {
                AdminPage.Answer answer = page.answer(request.queryParamMap());
                answer(request, answer.status(), answer.body());
            }));
        });
        try {
            server.start(settings.host(), settings.port());
        } catch (JavalinBindException busy) {
            server.stop();
            throw new AdminPortBusyException(settings.host(), settings.port(), busy);
        }
        return new AdminServer(server, settings.host());
    }

    /** Where it listens, the real port where 0 was asked for. */
    public String url() {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return "http://" + shown + ":" + server.port();
    }

    private static void answer(Context request, int status, ObjectNode body) {
        request.status(status).contentType("application/json").result(VisibleText.line(body.toString()));
    }

    @Override
    public void close() {
        server.stop();
    }
}
