package io.usageflow.forwarder.observe.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.util.JavalinBindException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.AdminToken;
import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.observe.HealthReport;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.observe.meter.ProcessMeters;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves {@code /health/live}, {@code /health/ready} (200, or 503 with the reasons) and {@code /metrics} (Prometheus
 * text, or OpenMetrics where asked for), and the stages' own {@link AdminPage}s. Without secrets, and read only except
 * for the pages' commands. {@link AdminAccess} says who may ask, {@link ConnectionLimits} and {@link HeavyPages} what
 * it may cost. Thread-safe; close it.
 */
public final class AdminServer implements AutoCloseable {
    public static final String LIVE = "/health/live";
    public static final String READY = "/health/ready";
    public static final String METRICS = "/metrics";

    private static final int UNAVAILABLE = 503;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int UNAUTHORIZED = 401;
    private static final String API_POLICY = "default-src 'none'; frame-ancestors 'none'";
    private static final String CONSOLE_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src"
            + " 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final int THREADS_MAX = 64;
    private static final int THREADS_MIN = 4;
    private static final int ACCEPT_QUEUE = 512;

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
     * @param web the console's
     * @throws AdminPortBusyException if it cannot listen there
     * @throws io.usageflow.forwarder.config.SettingsException where others can reach it and there is no token
     */
    public static AdminServer start(
            AdminSettings settings,
            Supplier<List<Stage>> stages,
            List<AdminPage> pages,
            WebPage.Pages web,
            PrometheusMeterRegistry meters) {
        List<AdminToken> tokens = settings.acceptedTokens();
        var failures = new FailedTokens(System::nanoTime);
        var refusals = new Refusals(web);
        var login = new BrowserLogin(tokens, failures, refusals, System::nanoTime);
        var gate = new RequestGate(new AdminAccess(settings, tokens, paths(pages, web.all())), failures, login);
        var heavy = new HeavyPages(settings.pageMaxAge(), refusals, System::nanoTime);
        var scans = new HeavyPages(settings.pageMaxAge(), refusals, System::nanoTime);
        Javalin server = Javalin.create(config -> {
            ConnectionLimits limits = listen(config, settings);
            config.routes.before(request -> admit(request, gate, limits, refusals));
            refusals.answerFailures(config);
            serve(config, LIVE, request -> {
                HealthReport report = HealthReport.of(stages.get());
                answer(request, report.live() ? 200 : UNAVAILABLE, report.page());
            });
            serve(config, READY, request -> {
                HealthReport report = HealthReport.of(stages.get());
                answer(request, report.ready() ? 200 : UNAVAILABLE, report.page());
            });
            serve(config, METRICS, request -> {
                String accepted = request.header("Accept");
                String type = accepted != null && accepted.contains("application/openmetrics-text")
                        ? ProcessMeters.OPEN_METRICS
                        : ProcessMeters.PLAIN;
                heavy.answer(
                        request,
                        METRICS + " " + type,
                        () -> new HeavyPages.Made(200, type, meters.scrape(type).getBytes(UTF_8)));
            });
            pages.forEach(page -> serve(config, page.path(), request -> (page.scans() ? scans : heavy)
                    .answer(request, page.path() + new TreeMap<>(request.queryParamMap()), () -> {
                        AdminPage.Answer answer = page.answer(request.queryParamMap());
                        return new HeavyPages.Made(
                                answer.status(),
                                "application/json",
                                ReportJson.line(answer.body()).getBytes(UTF_8));
                    })));
            pages.forEach(page -> page.command()
                    .ifPresent(command -> config.routes.post(page.path(), request -> {
                        AdminPage.Answer answer = command.apply(request.queryParamMap());
                        answer(request, answer.status(), answer.body());
                    })));
            if (!web.all().isEmpty()) {
                serveConsole(config, settings, web.all(), new ConsoleForms(refusals), scans, login, refusals);
            }
        });
        try {
            server.start();
        } catch (JavalinBindException busy) {
            server.stop();
            throw new AdminPortBusyException(settings.host(), settings.port(), busy);
        }
        return new AdminServer(server, settings.host());
    }

    private static AdminAccess.Paths paths(List<AdminPage> pages, List<WebPage> web) {
        Set<String> open = web.stream().filter(WebPage::open).map(WebPage::path).collect(Collectors.toSet());
        if (!web.isEmpty()) {
            open.addAll(Refusals.ENTRANCES);
        }
        return new AdminAccess.Paths(
                pages.stream()
                        .filter(page -> page.command().isPresent())
                        .map(AdminPage::path)
                        .collect(Collectors.toSet()),
                web.stream()
                        .filter(page -> page.changes().isPresent())
                        .map(WebPage::path)
                        .collect(Collectors.toSet()),
                web.isEmpty() ? Set.of() : Set.of(BrowserLogin.LOGIN, BrowserLogin.LOGOUT),
                open);
    }

    /** Pages that read topics do not keep the others waiting, and none of them keeps a scraper waiting. */
    private static void serveConsole(
            JavalinConfig config,
            AdminSettings settings,
            List<WebPage> web,
            ConsoleForms forms,
            HeavyPages scans,
            BrowserLogin login,
            Refusals refusals) {
        var light = new HeavyPages(settings.pageMaxAge(), refusals, System::nanoTime);
        web.forEach(page -> serve(config, page.path(), request -> {
            AdminRole role = RequestGate.role(request);
            (page.scans() ? scans : light)
                    .answer(request, page.path() + role + new TreeMap<>(request.queryParamMap()), () -> {
                        WebPage.Page made = page.answer(request.queryParamMap(), role);
                        return new HeavyPages.Made(
                                made.status(), made.type(), made.text().getBytes(UTF_8));
                    });
        }));
        web.forEach(page -> page.changes()
                .ifPresent(change -> config.routes.post(page.path(), request -> {
                    forms.change(request, change);
                    light.forget();
                    scans.forget();
                })));
        serve(config, "/", request -> BrowserLogin.goTo(request, "console/flow"));
        serve(
                config,
                "/console",
                request -> BrowserLogin.goTo(request, request.path().endsWith("/") ? "flow" : "console/flow"));
        config.routes.post(BrowserLogin.LOGIN, login::login);
        config.routes.post(BrowserLogin.LOGOUT, login::logout);
    }

    private static ConnectionLimits listen(JavalinConfig config, AdminSettings settings) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.http.prefer405over404 = true;
        var threads = new QueuedThreadPool(THREADS_MAX, THREADS_MIN);
        threads.setName("admin");
        threads.setDaemon(true);
        config.jetty.threadPool = threads;
        var scheduler = new org.eclipse.jetty.util.thread.ScheduledExecutorScheduler("admin-deadlines", true);
        var limits = new ConnectionLimits(scheduler);
        config.jetty.modifyHttpConfiguration(http -> {
            http.setSendServerVersion(false);
            // One question for each connection: none stays for longer than its answer takes.
            http.setPersistentConnectionsEnabled(false);
        });
        config.jetty.addConnector((server, http) -> connector(server, http, settings, scheduler, limits));
        return limits;
    }

    private static ServerConnector connector(
            Server server,
            HttpConfiguration http,
            AdminSettings settings,
            org.eclipse.jetty.util.thread.Scheduler scheduler,
            ConnectionLimits limits) {
        var connector = new ServerConnector(server, null, scheduler, null, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setAcceptQueueSize(ACCEPT_QUEUE);
        connector.setIdleTimeout(ConnectionLimits.ANSWER_WITHIN_MS);
        connector.addBean(limits);
        return connector;
    }

    private static void serve(JavalinConfig config, String path, Handler handler) {
        config.routes.get(path, handler);
        config.routes.head(path, handler);
    }

    private static void admit(Context request, RequestGate gate, ConnectionLimits limits, Refusals refusals) {
        limits.asked(ServletContextRequest.getServletContextRequest(request.req())
                .getConnectionMetaData()
                .getConnection());
        boolean console = refusals.isForPeople(request);
        request.header("X-Content-Type-Options", "nosniff");
        request.header("X-Frame-Options", "DENY");
        request.header("Content-Security-Policy", console ? CONSOLE_POLICY : API_POLICY);
        // With no-referrer, browsers send the origin "null" with forms.
        request.header("Referrer-Policy", console ? "same-origin" : "no-referrer");
        request.header("Cache-Control", "no-store");
        gate.refusal(request).ifPresent(why -> {
            switch (why.status()) {
                case METHOD_NOT_ALLOWED -> request.header("Allow", "GET, HEAD");
                case UNAUTHORIZED -> request.header("WWW-Authenticate", "Bearer realm=\"usageflow\"");
                case TOO_MANY_REQUESTS -> request.header("Retry-After", Long.toString(FailedTokens.WITHIN.toSeconds()));
                default -> {}
            }
            if (console && why.status() == UNAUTHORIZED && request.header("Authorization") == null) {
                BrowserLogin.ask(request);
            } else {
                refusals.answer(request, why.status(), why.why());
            }
            request.skipRemainingHandlers();
        });
    }

    /** Where it listens, the real port where 0 was asked for. */
    public String url() {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return "http://" + shown + ":" + server.port();
    }

    static void answer(Context request, int status, Object body) {
        request.status(status).contentType("application/json").result(ReportJson.line(body));
    }

    @Override
    public void close() {
        server.stop();
    }

    /** The admin server cannot listen where the settings say. The message names the keys and the remedy. */
    public static final class AdminPortBusyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        AdminPortBusyException(String host, int port, Throwable cause) {
            super(
                    "the admin server cannot listen on " + host + ":" + port
                            + " (admin.host, admin.port): stop what uses the"
                            + " port, or choose another one (0 takes a free one)",
                    cause);
        }
    }
}
