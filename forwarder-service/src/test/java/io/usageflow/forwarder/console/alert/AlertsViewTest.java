package io.usageflow.forwarder.console.alert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.observe.WebPage.Page;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page says of a Prometheus's answer: that no alert fires only if every rule is known to be judged. */
class AlertsViewTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final String SEEN = rule("UsageflowMetricsAbsent", "ok", "2026-11-23T12:59:50.123+01:00", "");

    @AutoClose
    private final BoundedWork work = new BoundedWork();

    private final CountDownLatch stopped = new CountDownLatch(1);
    private HttpServer prometheus;

    interface Stub {
        void answer(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        prometheus = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        prometheus.start();
    }

    @AfterEach
    void stop() {
        stopped.countDown();
        prometheus.stop(0);
    }

    @Test
    void shouldSayThatNoAlertFiresWhereAllRulesAreJudged() {
        Page page = page(rules(SEEN + "," + rule("UsageflowCredytAway", "ok", "2026-11-23T11:59:50Z", "")));

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text())
                .contains("state well", "No alert fires.", "which evaluates 2 rules of usageflow")
                .contains("promtool query instant");
    }

    @Test
    void shouldShowWhatFiresAsText() {
        String firing = """
                {"labels": {"alertname": "UsageflowCredytAway", "severity": "critical", "partition": "<b>3</b>"},
                 "annotations": {"summary": "<script>alert(1)</script>", "runbook_url": "javascript:alert(2)"},
                 "state": "firing", "activeAt": "2026-11-23T11:00:00Z", "value": "1e+00"}""";
        String pending = firing.replace("firing", "pending").replace("<b>3</b>", "4");

        Page page = page(rules(SEEN + ","
                + rule("UsageflowCredytAway", "ok", "2026-11-23T11:59:50Z", firing + "," + pending) + ","
                + rule("NodeDiskFull", "ok", "2026-11-23T11:59:50Z", firing.replace("<b>3</b>", "foreign"))));

        assertThat(page.text())
                .contains("state not-well", "1 alert fires.", "Pending", "2026-11-23 11:00:00")
                .contains("partition=&lt;b&gt;3&lt;/b&gt;", "&lt;script&gt;", "javascript:alert(2)")
                .doesNotContain("<b>3", "<script>", "href=\"javascript", "foreign", "state well");
    }

    static Stream<Arguments> doubts() {
        return Stream.of(
                Arguments.of("", "has no alert rule whose name begins with Usageflow"),
                Arguments.of(rule("NodeDiskFull", "ok", "2026-11-23T11:59:50Z", ""), "has no alert rule"),
                Arguments.of(
                        rule("UsageflowCredytAway", "ok", "2026-11-23T11:59:50Z", ""), "UsageflowMetricsAbsent is not"),
                Arguments.of(
                        SEEN + ","
                                + rule("UsageflowSurge", "err", "2026-11-23T11:59:50Z", "")
                                        .replace("\"\"", "\"<i>\""),
                        "UsageflowSurge cannot be judged: &lt;i&gt;."),
                Arguments.of(
                        SEEN + "," + rule("UsageflowSurge", "unknown", "0001-01-01T00:00:00Z", ""),
                        "UsageflowSurge cannot be judged: it was not evaluated yet."),
                Arguments.of(
                        SEEN + "," + rule("UsageflowSurge", "ok", "2026-11-23T11:50:00Z", ""),
                        "UsageflowSurge cannot be judged: it was last evaluated 10 min 0 s ago."));
    }

    @ParameterizedTest
    @MethodSource("doubts")
    void shouldSayWhySilenceMayMeanNothing(String rules, String doubt) {
        assertThat(page(rules(rules)).text())
                .contains(doubt, "No alert fires, but not every rule can be judged.")
                .doesNotContain("state well");
    }

    static Stream<Arguments> noAnswers() {
        return Stream.of(
                Arguments.of("status", (Stub) exchange -> exchange.sendResponseHeaders(500, -1), "status 500"),
                Arguments.of(
                        "redirect",
                        (Stub) exchange -> {
                            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/");
                            exchange.sendResponseHeaders(302, -1);
                        },
                        "status 302"),
                Arguments.of("foreign", text("<html>hello</html>"), "not as Prometheus does"),
                Arguments.of("lacking", text("{\"status\": \"success\"}"), "not as Prometheus does"),
                Arguments.of("none", text("null"), "not as Prometheus does"),
                Arguments.of("deep", text("[".repeat(100_000)), "not as Prometheus does"),
                Arguments.of(
                        "endless",
                        (Stub) exchange -> {
                            exchange.sendResponseHeaders(200, 0);
                            byte[] blanks = " ".repeat(65_536).getBytes(UTF_8);
                            for (int sent = 0; sent <= PrometheusClient.BYTES_MAX; sent += blanks.length) {
                                exchange.getResponseBody().write(blanks);
                            }
                        },
                        "more than 8 MiB"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noAnswers")
    void shouldNotKnowWithoutAnAnswer(String name, Stub stub, String why) {
        requireUnknown(page(stub), why);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotWaitForAPrometheusThatHangs(boolean begins) {
        Page page = page(exchange -> {
            if (begins) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write('{');
                exchange.getResponseBody().flush();
            }
            try {
                stopped.await();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });

        requireUnknown(page, begins ? "did not send its whole answer in time" : "does not answer");
    }

    @Test
    void shouldNotKnowWherePrometheusIsAwayOrNotConfigured() {
        prometheus.stop(0);
        requireUnknown(page(Optional.of(address())), "does not answer at http://127.0.0.1:");

        assertThat(page(Optional.empty()).text())
                .contains("Not known: no Prometheus is configured. Set admin.prometheus.url")
                .doesNotContain("No alert fires", "state well");
    }

    private static void requireUnknown(Page page, String why) {
        assertThat(page.status()).isEqualTo(503);
        assertThat(page.text())
                .contains(why, "Not known which alerts fire.")
                .doesNotContain("No alert fires", "state well");
    }

    private static String rule(String name, String health, String evaluated, String alerts) {
        return """
                {"state": "inactive", "name": "%s", "query": "x > 0", "duration": 600, "labels": {}, "annotations": {},
                 "alerts": [%s], "health": "%s", "lastError": "", "lastEvaluation": "%s", "type": "alerting"}""".formatted(name, alerts, health, evaluated);
    }

    private static Stub rules(String rules) {
        return text("""
                {"status": "success", "data": {"groups": [
                  {"name": "a", "file": "a.yml", "interval": 15, "limit": 0, "rules": [%s]}]}}""".formatted(rules));
    }

    private static Stub text(String body) {
        return exchange -> {
            assertThat(exchange.getRequestURI()).hasToString("/prefix/api/v1/rules?type=alert");
            byte[] bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    private Page page(Stub stub) {
        prometheus.createContext("/", exchange -> {
            try (exchange) {
                stub.answer(exchange);
            }
        });
        return page(Optional.of(address()));
    }

    private Page page(Optional<URI> url) {
        return new AlertsView(new Layout("one", false, () -> NOW), url, work).answer(Map.of(), AdminRole.READER);
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + prometheus.getAddress().getPort() + "/prefix");
    }
}
