package io.usageflow.forwarder.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.api.Api;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.KnownMarks;
import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.observe.HealthReport;
import io.usageflow.forwarder.observe.http.AdminServer;
import io.usageflow.forwarder.observe.meter.ProcessMeters;
import io.usageflow.forwarder.testing.Sha256;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Each route under each fault: people get a page, programs get JSON, and nothing else gets out. No route is answered. */
class RefusalsIT {
    private static final String OPERATOR = "an-operators-token";
    private static final String READER = "a-readers-token-of-16";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final Set<String> CHANGING =
            Set.of("/console/dead-letters", "/console/jobs", "/console/link", "/console/reconcile");
    private static final Set<String> OPEN =
            Set.of("/console/login", "/console/console.css", "/console/console.js", "/console/icon.svg");

    private static final List<String> HOSTILE = List.of(
            "%zz",
            "%",
            "%00%01%1b",
            "%ff%fe",
            "%e2%80%ae",
            "<script>",
            "%3Cscript%3E",
            "9".repeat(40),
            "-1",
            "job-" + "x".repeat(4_000),
            "..%2f..%2f",
            "a&&=&b");

    private final Settings settings = Settings.load(ConfigSources.none()
            .with(
                    Map.of(
                            "admin.port",
                            "0",
                            "admin.payload.mask",
                            "email",
                            "admin.tokens",
                            "operator:alice:" + Sha256.hex(OPERATOR) + ",reader:bob:" + Sha256.hex(READER)),
                    "test"));

    @AutoClose
    private final ProcessMeters meters = new ProcessMeters();

    @AutoClose
    private final KnownMarks marks = new KnownMarks(settings);

    @AutoClose
    private final Console console = Console.start(
            settings, marks, Optional::empty, () -> HealthReport.of(List.of()), List.of(), meters.registry());

    private final List<AdminPage> api = Api.pages(settings, marks, () -> HealthReport.of(List.of()), console);

    private final AdminServer server =
            AdminServer.start(settings.admin(), List::of, api, console.web(), meters.registry());

    @AfterEach
    void stop() {
        server.close();
    }

    private List<String> pages() {
        return console.pages().stream().map(page -> page.path()).toList();
    }

    private List<String> routes() {
        var routes = new ArrayList<>(pages());
        api.forEach(page -> routes.add(page.path()));
        routes.addAll(List.of("/metrics", "/"));
        return routes;
    }

    @Test
    void shouldLeadPeopleWithoutASessionToTheFormAndTellProgramsWhatIsMissing() throws Exception {
        for (String route : routes()) {
            if (OPEN.contains(route) || route.equals("/")) {
                continue;
            }
            for (String cookie :
                    List.of("usageflow-session=gone", "=;;\u00e4=\"\\", "usageflow-session=" + "a".repeat(3_000))) {
                HttpResponse<String> answer = send(request(route).header("Cookie", cookie));
                if (route.startsWith("/console/")) {
                    assertThat(answer.statusCode()).as(route).isEqualTo(303);
                    assertThat(answer.headers().firstValue("Location").orElseThrow())
                            .startsWith("login?next=");
                } else {
                    requireRefused(route, answer, 401);
                }
            }
        }
        HttpResponse<String> form = send(form("/console/jobs", "action=plan-discard"));
        assertThat(form.statusCode()).isEqualTo(303);
        assertThat(form.headers().firstValue("Location")).hasValue("login?refused=form&next=jobs");
        assertThat(send(request("/console/login?refused=form")).body()).contains("nothing was changed");
    }

    @Test
    void shouldSayWhichRoleAFormNeeds() throws Exception {
        for (String page : pages()) {
            if (page.equals("/console/login")) {
                continue;
            }
            HttpResponse<String> answer = send(by(READER, form(page, "why=x")));
            requireRefused(page, answer, CHANGING.contains(page) ? 403 : 405);
            if (CHANGING.contains(page)) {
                assertThat(answer.body()).contains("The role operator is needed");
            }
        }
    }

    @Test
    void shouldRefuseFormsOfOtherOriginsOtherTypesAndOtherSizes() throws Exception {
        for (String page : CHANGING) {
            requireRefused(page, send(by(OPERATOR, form(page, "why=x")).header("Sec-Fetch-Site", "cross-site")), 403);
            requireRefused(page, send(by(OPERATOR, form(page, "why=x")).header("Origin", "https://evil.example")), 403);
            requireRefused(
                    page, send(by(OPERATOR, form(page, "why=x")).setHeader("Content-Type", "application/json")), 415);
            requireRefused(page, send(by(OPERATOR, form(page, "why=" + "x".repeat(2_000_000)))), 413);
        }
        requireRefused("/console/login", send(form("/console/login", "token=" + "x".repeat(2_000_000))), 413);
    }

    @Test
    void shouldRefuseWhatIsNotThereAndOtherMethods() throws Exception {
        for (String route :
                List.of("/console/none", "/console/flow/none", "/api/v1/none", "/api", "/none", "/healthy")) {
            requireRefused(route, send(by(OPERATOR, request(route))), 404);
        }
        for (String route : routes()) {
            for (String method : List.of("PUT", "DELETE", "OPTIONS", "TRACE")) {
                requireRefused(route, send(by(OPERATOR, request(route)).method(method, BodyPublishers.noBody())), 405);
            }
        }
    }

    /** Where memory answers, since there is no Kafka here. */
    @Test
    void shouldAnswerWhateverTheQueryIs() throws Exception {
        for (String route : List.of("/console/flow", "/console/jobs", "/console/parked", "/console/settings")) {
            for (String query : HOSTILE) {
                Raw answer = raw("GET " + route + "?job=" + query + " HTTP/1.1");
                assertThat(answer.status()).as(route + query).isIn(200, 400, 404);
                assertThat(answer.type()).isEqualTo("text/html;charset=utf-8");
                assertThat(answer.body()).doesNotContain("<script>", "Exception", "\u0000");
            }
        }
        for (String route : List.of("/api/v1/flow", "/api/v1/dead-letters", "/api/v1/links", "/api/v1/replays")) {
            for (String query : HOSTILE) {
                requireRefused(route, raw("GET " + route + "?limit=" + query + "&limit=x HTTP/1.1"), 400);
            }
        }
        requireRefused("/none", raw("GET /none?a=" + "x".repeat(4_000) + " HTTP/1.1"), 404);
    }

    @Test
    void shouldTellWhoSentTooManyWrongTokens() throws Exception {
        for (int i = 0; i < 10; i++) {
            requireRefused("/console/flow", send(by("wrong-token-of-16-" + i, request("/console/flow"))), 401);
        }
        for (String route : routes()) {
            requireRefused(route, send(by(OPERATOR, request(route))), 429);
        }
    }

    private record Raw(int status, String type, String body) {}

    private void requireRefused(String route, HttpResponse<String> answer, int status) throws Exception {
        requireRefused(
                route,
                new Raw(
                        answer.statusCode(),
                        answer.headers().firstValue("Content-Type").orElse(""),
                        answer.body()),
                status);
    }

    private void requireRefused(String route, Raw answer, int status) throws Exception {
        assertThat(answer.status()).as("%s: %s", route, answer.body()).isEqualTo(status);
        assertThat(answer.body()).as(route).doesNotContainIgnoringCase("jetty").doesNotContain("Exception");
        if (route.startsWith("/console/") || route.equals("/")) {
            assertThat(answer.type()).as(route).isEqualTo("text/html;charset=utf-8");
            assertThat(answer.body()).startsWith("<!doctype html>").contains("Status " + status);
        } else {
            assertThat(answer.type()).as(route).isEqualTo("application/json");
            assertThat(ReportJson.read(answer.body(), JsonNode.class)
                            .path("error")
                            .asText())
                    .as(route)
                    .isNotEmpty();
        }
    }

    /** What no client library sends. */
    private Raw raw(String head) throws Exception {
        URI address = URI.create(server.url());
        try (var socket = new java.net.Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write((head + "\r\nHost: localhost\r\nAuthorization: Bearer " + OPERATOR + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String[] parts = answer.split("\r\n\r\n", 2);
            String type = parts[0].lines()
                    .filter(line -> line.regionMatches(true, 0, "Content-Type:", 0, 13))
                    .map(line -> line.substring(13).strip())
                    .findFirst()
                    .orElse("");
            return new Raw(Integer.parseInt(answer.substring(9, 12)), type, parts[1]);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path));
    }

    private HttpRequest.Builder form(String page, String body) {
        return request(page).header("Content-Type", FORM).POST(BodyPublishers.ofString(body));
    }

    private static HttpRequest.Builder by(String token, HttpRequest.Builder request) {
        return request.header("Authorization", "Bearer " + token);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
