package io.usageflow.forwarder.observe.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.AdminToken;
import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.observe.meter.ProcessMeters;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrowserLoginIT {
    private static final String TOKEN = "a-token-of-this-test";

    private final ProcessMeters meters = new ProcessMeters();
    private final AdminServer server = AdminServer.start(
            Settings.load(ConfigSources.none().with(Map.of("admin.port", "0", "admin.token", TOKEN), "test"))
                    .admin(),
            List::of,
            List.of(),
            new WebPage.Pages(
                    List.of(new NamedPage("flow", false), new NamedPage("login", true)),
                    WebPage.Pages.none().refusal()),
            meters.registry());

    @AfterEach
    void stop() {
        server.close();
        meters.close();
    }

    @Test
    void shouldLeadABrowserThroughTheFormToWhatItAskedFor() throws Exception {
        assertThat(get("/", "").headers().firstValue("Location")).hasValue("console/flow");
        assertThat(get("/console", "").headers().firstValue("Location")).hasValue("console/flow");
        assertThat(get("/console/", "").headers().firstValue("Location")).hasValue("flow");

        HttpResponse<String> asked = get("/console/flow?a=b&c=%20", "");
        assertThat(asked.statusCode()).isEqualTo(303);
        assertThat(asked.headers().firstValue("Location")).hasValue("login?next=flow%3Fa%3Db%26c%3D%2520");
        assertThat(get("/console/login", "").body()).isEqualTo("login");

        HttpResponse<String> refused = post("login", "token=wrong&next=flow", "");
        assertThat(refused.headers().firstValue("Location")).hasValue("login?refused=token&next=flow");
        assertThat(refused.headers().firstValue("Set-Cookie")).isEmpty();

        HttpResponse<String> welcome = post("login", "token=" + TOKEN + "&next=flow%3Fa%3Db", "");
        assertThat(welcome.statusCode()).isEqualTo(303);
        assertThat(welcome.headers().firstValue("Location")).hasValue("flow?a=b");
        String cookie = welcome.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie)
                .matches("usageflow-session=[0-9a-f]{64}; HttpOnly; SameSite=Strict")
                .doesNotContain(TOKEN);

        String session = cookie.replaceAll(";.*", "");
        HttpResponse<String> page = get("/console/flow", session);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy")).hasValueSatisfying(policy -> assertThat(policy)
                .contains("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "script-src 'self';")
                .doesNotContain("unsafe"));
        assertThat(get("/metrics", session).statusCode()).isEqualTo(200);
        assertThat(get("/console/flow", "usageflow-session=" + "0".repeat(64)).statusCode())
                .isEqualTo(303);

        assertThat(post("logout", "", session).headers().firstValue("Location")).hasValue("login");
        assertThat(get("/console/flow", session).statusCode()).isEqualTo(303);
    }

    /** Siblings: schemes, hosts, folders, both slashes, line ends, nothing. */
    @ParameterizedTest
    @CsvSource({
        "https%3A%2F%2Fevil.example",
        "%2F%2Fevil.example",
        "%2Fmetrics",
        "..%2Fmetrics",
        "%5C%5Cevil.example",
        "flow%0D%0ASet-Cookie%3A+a%3Db",
        "javascript%3Aalert(1)",
        "''"
    })
    void shouldGoNowhereElse(String next) throws Exception {
        HttpResponse<String> welcome = post("login", "token=" + TOKEN + "&next=" + next, "");

        assertThat(welcome.headers().firstValue("Location")).hasValue("flow");
    }

    @Test
    void shouldTakeNoFormOfAnotherOriginOrType() throws Exception {
        HttpRequest.Builder form = HttpRequest.newBuilder(address("login"))
                .POST(BodyPublishers.ofString("token=" + TOKEN))
                .header("Content-Type", "application/x-www-form-urlencoded");
        assertThat(send(form.copy().header("Sec-Fetch-Site", "cross-site")).statusCode())
                .isEqualTo(403);
        assertThat(send(form.copy().header("Origin", "https://evil.example")).statusCode())
                .isEqualTo(403);
        assertThat(send(form.copy().setHeader("Content-Type", "text/plain")).statusCode())
                .isEqualTo(415);
    }

    @Test
    void shouldCompareNoTokenAfterTooManyWrongOnes() throws Exception {
        for (int i = 0; i < FailedTokens.FAILURES_MAX; i++) {
            post("login", "token=wrong" + i, "");
        }

        assertThat(post("login", "token=" + TOKEN, "").headers().firstValue("Location"))
                .hasValue("login?refused=wait&next=flow");
    }

    /** A body that never comes holds a thread until its time is over: few may. */
    @Test
    void shouldAnswerHealthWhileAHundredFormsDoNotCome() throws Exception {
        var slow = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 100; i++) {
                var socket = new Socket(
                        InetAddress.getLoopbackAddress(), address("login").getPort());
                slow.add(socket);
                socket.getOutputStream()
                        .write(("POST /console/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
                                        + "Content-Type: application/x-www-form-urlencoded\r\n\r\ntoken=a")
                                .getBytes(StandardCharsets.US_ASCII));
            }
            for (int i = 0; i < 10; i++) {
                HttpRequest.Builder health = HttpRequest.newBuilder(URI.create(server.url() + "/health/live"));
                assertThat(send(health.timeout(Duration.ofSeconds(15))).statusCode())
                        .isEqualTo(200);
            }
        } finally {
            for (Socket each : slow) {
                each.close();
            }
        }
    }

    @Test
    void shouldEndASessionAfterItsTimeAndTheOldestOfTooMany() {
        var nanos = new AtomicLong();
        var token = new AdminToken(AdminToken.AdminRole.READER, "alice", "00");
        var login = new BrowserLogin(
                List.of(token), new FailedTokens(nanos::get), new Refusals(WebPage.Pages.none()), nanos::get);

        String first = login.begin(token);
        nanos.set(BrowserLogin.SESSION_MAX.toNanos() - 1);
        assertThat(login.caller(first)).hasValue(token);
        nanos.set(BrowserLogin.SESSION_MAX.toNanos());
        assertThat(login.caller(first)).isEmpty();

        String second = login.begin(token);
        for (int i = 1; i < BrowserLogin.SESSIONS_MAX; i++) {
            login.begin(token);
        }
        assertThat(login.caller(second)).hasValue(token);
        login.begin(token);
        assertThat(login.caller(second)).isEmpty();
        assertThat(login.caller(null)).isEmpty();
    }

    private URI address(String page) {
        return URI.create(server.url() + WebPage.FOLDER + page);
    }

    private HttpResponse<String> get(String path, String cookie) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path));
        return send(cookie.isEmpty() ? request : request.header("Cookie", cookie));
    }

    private HttpResponse<String> post(String page, String form, String cookie) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(address(page))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form));
        return send(cookie.isEmpty() ? request : request.header("Cookie", cookie));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private record NamedPage(String name, boolean open) implements WebPage {
        @Override
        public Page answer(Map<String, List<String>> query, AdminRole role) {
            return new Page(200, "text/plain", name);
        }
    }
}
