package io.usageflow.forwarder.observe.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.config.SettingsException;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.forwarder.observe.Version;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.observe.http.AdminServer.AdminPortBusyException;
import io.usageflow.forwarder.observe.meter.ProcessMeters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminServerIT {
    private static final String TOKEN = "a-token-of-this-test";

    private final AtomicReference<StageHealth> delivery = new AtomicReference<>(StageHealth.flowing("all well"));
    private final AtomicReference<List<Stage>> stages = new AtomicReference<>(List.of(
            new FixedStage("admission", new AtomicReference<>(StageHealth.flowing("2 tasks run"))),
            new FixedStage("delivery", delivery)));
    private final ProcessMeters meters = new ProcessMeters();
    private final EchoPage page = new EchoPage();
    private AdminServer server;

    @BeforeEach
    void start() {
        // No answer from memory grows old while a test runs.
        var settings =
                Settings.load(ConfigSources.none().with(Map.of("admin.port", "0", "admin.page.max.age", "1m"), "test"));
        server = AdminServer.start(
                settings.admin(), stages::get, List.of(page), WebPage.Pages.none(), meters.registry());
    }

    @AfterEach
    void stop() {
        server.close();
        meters.close();
    }

    @Test
    void shouldBeReadyWhileAllStagesFlow() throws Exception {
        HttpResponse<String> ready = get("/health/ready", "*/*");

        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(new ObjectMapper().readTree(ready.body()))
                .isEqualTo(new ObjectMapper().readTree("""
                                {"live":true,"ready":true,"version":"%s","stages":{
                                  "admission":{"live":true,"ready":true,"detail":"2 tasks run"},
                                  "delivery":{"live":true,"ready":true,"detail":"all well"}}}""".formatted(Version.current())));
    }

    @Test
    void shouldBeLiveButNotReadyWhileAStageWaits() throws Exception {
        delivery.set(StageHealth.waiting("Credyt refuses the key"));

        assertThat(get("/health/live", "*/*").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready", "*/*").statusCode()).isEqualTo(503);
        assertThat(get("/health/ready", "*/*").body()).contains("Credyt refuses the key");
    }

    @Test
    void shouldAskForARestartWhenAStageIsDead() throws Exception {
        delivery.set(StageHealth.dead("fenced"));

        assertThat(get("/health/live", "*/*").statusCode()).isEqualTo(503);
        assertThat(get("/health/ready", "*/*").statusCode()).isEqualTo(503);
    }

    @Test
    void shouldBeLiveButNotReadyBeforeTheStagesStart() throws Exception {
        stages.set(List.of());

        assertThat(get("/health/live", "*/*").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready", "*/*").statusCode()).isEqualTo(503);
    }

    @Test
    void shouldServeMetersOfStagesAndJvmInBothFormats() throws Exception {
        meters.registry().counter("usageflow.test.counted").increment(3);

        HttpResponse<String> plain = get("/metrics", "*/*");
        HttpResponse<String> open = get("/metrics", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");

        assertThat(plain.headers().firstValue("Content-Type")).contains(ProcessMeters.PLAIN);
        assertThat(plain.body())
                .contains("usageflow_test_counted_total 3.0", "jvm_memory_used_bytes", "usageflow_build_info{version=");
        assertThat(open.headers().firstValue("Content-Type")).contains(ProcessMeters.OPEN_METRICS);
        assertThat(open.body()).contains("usageflow_test_counted_total 3.0").endsWith("# EOF\n");
    }

    @Test
    void shouldServeThePagesThatStagesBring() throws Exception {
        HttpResponse<String> answer = get("/echo?word=a%26b", "*/*");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        assertThat(answer.body()).isEqualTo("{\"word\":\"a&b\"}");
        assertThat(get("/echo", "*/*").statusCode()).isEqualTo(400);
        assertThat(get("/echo", "*/*").body()).isEqualTo("{\"error\":\"word: is missing\"}");
    }

    /** Siblings: no request at all, half a request line, half a head, a head that never ends, a body that never comes. */
    @Test
    void shouldAnswerHealthWhileTwoThousandSlowConnectionsAreOpen() throws Exception {
        String[] beginnings = {"", "GET /metr", "GET /metrics HTTP/1.1\r\nHost: 127.", "POST /metrics HTTP/1.1\r\nX: "};
        var slow = new ArrayList<SocketChannel>();
        try {
            for (int i = 0; i < 2_000; i++) {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
                slow.add(channel);
                channel.write(ByteBuffer.wrap(beginnings[i % beginnings.length].getBytes(StandardCharsets.US_ASCII)));
                if (i % 100 == 99) {
                    assertThat(get("/health/live", "*/*").statusCode()).isEqualTo(200);
                }
            }
            assertThat(serverSockets()).isLessThanOrEqualTo(ConnectionLimits.CONNECTIONS_MAX + 5L);
            for (int i = 0; i < 10; i++) {
                assertThat(get("/health/ready", "*/*").statusCode()).isEqualTo(200);
            }
            await().atMost(Duration.ofMinutes(3)).untilAsserted(() -> assertThat(serverSockets())
                    .as("those that sent nothing are closed")
                    .isLessThan(5));
        } finally {
            for (SocketChannel each : slow) {
                each.close();
            }
        }
    }

    /** Connections of this process to the port that the server has open: Linux shows them; elsewhere nothing is counted. */
    private long serverSockets() throws IOException {
        long found = 0;
        for (Path table : List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"))) {
            if (Files.isReadable(table)) {
                String local = String.format(":%04X", port());
                try (Stream<String> lines = Files.lines(table)) {
                    found += lines.map(line -> line.strip().split("\\s+"))
                            .filter(fields -> fields[1].endsWith(local) && fields[3].equals("01"))
                            .count();
                }
            }
        }
        return found;
    }

    @Test
    void shouldMakeTwoCostlyAnswersAtOnceAndAskOthersToComeAgain() throws Exception {
        page.hold = new CountDownLatch(1);
        var readers = Executors.newFixedThreadPool(40);
        try {
            List<Future<HttpResponse<String>>> held = new ArrayList<>();
            for (int i = 0; i < HeavyPages.AT_ONCE; i++) {
                String word = "held" + i;
                held.add(readers.submit(() -> get("/echo?word=" + word, "*/*")));
            }
            await().atMost(Duration.ofMinutes(3)).until(() -> page.asked.get() == HeavyPages.AT_ONCE);

            HttpResponse<String> beyond = get("/metrics", "*/*");
            assertThat(beyond.statusCode()).isEqualTo(503);
            assertThat(beyond.headers().firstValue("Retry-After")).hasValue("2");
            assertThat(get("/health/live", "*/*").statusCode()).isEqualTo(200);

            page.hold.countDown();
            for (Future<HttpResponse<String>> each : held) {
                assertThat(each.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
            page.hold = null;
            page.asked.set(0);
            List<Future<HttpResponse<String>>> many = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                many.add(readers.submit(() -> get("/echo?word=same", "*/*")));
            }
            for (Future<HttpResponse<String>> each : many) {
                assertThat(each.get(60, TimeUnit.SECONDS).statusCode()).isIn(200, 503);
            }
            assertThat(page.asked.get())
                    .as("the others were answered from memory")
                    .isBetween(1, HeavyPages.AT_ONCE);
        } finally {
            readers.shutdownNow();
        }
    }

    /** Siblings: names of others, also in the request line; methods; HTTP/1.0 without a name, as simple probes speak. */
    @Test
    void shouldRefuseNamesOfOthersAndAllThatWrites() throws Exception {
        assertThat(raw("GET /health/live HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
                .startsWith("HTTP/1.1 421");
        assertThat(raw("GET http://evil.example/metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
                .startsWith("HTTP/1.1 421");
        assertThat(raw("GET /nowhere HTTP/1.1\r\nHost: evil.example\r\n\r\n")).startsWith("HTTP/1.1 421");
        assertThat(raw("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n"))
                .startsWith("HTTP/1.1 405")
                .contains("Allow: GET, HEAD");
        assertThat(raw("TRACE /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")).startsWith("HTTP/1.1 405");
        assertThat(raw("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")).startsWith("HTTP/1.1 404");
        assertThat(raw("GET /health/ready HTTP/1.0\r\n\r\n")).contains(" 200 ");
        assertThat(raw("HEAD /health/ready HTTP/1.1\r\nHost: localhost:8080\r\n\r\n"))
                .startsWith("HTTP/1.1 200")
                .endsWith("\r\n\r\n");
        delivery.set(StageHealth.waiting("later"));
        assertThat(raw("HEAD /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 503")
                .contains("X-Content-Type-Options: nosniff", "Cache-Control: no-store")
                .doesNotContain("Server:");
    }

    @Test
    void shouldAskForTheTokenWhereThereIsOne() throws Exception {
        var settings = Settings.load(ConfigSources.none()
                        .with(Map.of("admin.host", "0.0.0.0", "admin.port", "0", "admin.token", TOKEN), "test"))
                .admin();
        try (AdminServer open =
                AdminServer.start(settings, stages::get, List.of(page), WebPage.Pages.none(), meters.registry())) {
            URI address = URI.create(open.url().replace("0.0.0.0", "127.0.0.1"));
            assertThat(asked(address, "/health/ready", "").statusCode()).isEqualTo(200);
            for (String path : List.of("/metrics", "/echo?word=a", "/nowhere")) {
                HttpResponse<String> refused = asked(address, path, "");
                assertThat(refused.statusCode()).isEqualTo(401);
                assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"usageflow\"");
                assertThat(asked(address, path, "Bearer wrong").statusCode()).isEqualTo(401);
            }
            assertThat(asked(address, "/metrics", "Bearer " + TOKEN).statusCode())
                    .isEqualTo(200);
            assertThat(asked(address, "/echo?word=a", "Bearer " + TOKEN).body()).isEqualTo("{\"word\":\"a\"}");
        }
        assertThatThrownBy(() -> AdminServer.start(
                        new AdminSettings("0.0.0.0", 0),
                        stages::get,
                        List.of(),
                        WebPage.Pages.none(),
                        meters.registry()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("admin.token.file");
    }

    @Test
    void shouldCompareNoTokenOfAnAddressThatSentTooManyWrongOnes() throws Exception {
        var settings = Settings.load(ConfigSources.none().with(Map.of("admin.port", "0", "admin.token", TOKEN), "test"))
                .admin();
        try (AdminServer closed =
                AdminServer.start(settings, stages::get, List.of(page), WebPage.Pages.none(), meters.registry())) {
            URI address = URI.create(closed.url());
            for (int i = 0; i < FailedTokens.FAILURES_MAX; i++) {
                assertThat(asked(address, "/metrics", "Bearer wrong" + i).statusCode())
                        .isEqualTo(401);
            }
            HttpResponse<String> right = asked(address, "/metrics", "Bearer " + TOKEN);
            assertThat(right.statusCode()).isEqualTo(429);
            assertThat(right.headers().firstValue("Retry-After")).hasValue("60");
            assertThat(asked(address, "/metrics", "").statusCode()).isEqualTo(401);
            assertThat(asked(address, "/health/ready", "").statusCode()).isEqualTo(200);
        }
    }

    private static HttpResponse<String> asked(URI address, String path, String authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String raw(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private int port() {
        return URI.create(server.url()).getPort();
    }

    @Test
    void shouldSayInOneLineThatThePortIsBusy() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> AdminServer.start(
                            new AdminSettings("127.0.0.1", taken.getLocalPort()),
                            List::of,
                            List.of(),
                            WebPage.Pages.none(),
                            meters.registry()))
                    .isInstanceOf(AdminPortBusyException.class)
                    .hasMessage("the admin server cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + " (admin.host, admin.port): stop what uses the port, or choose another one"
                            + " (0 takes a free one)");
        }
    }

    private HttpResponse<String> get(String path, String accept) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .header("Accept", accept)
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static final class EchoPage implements AdminPage {
        private final AtomicInteger asked = new AtomicInteger();
        private volatile CountDownLatch hold;

        @Override
        public String path() {
            return "/echo";
        }

        @Override
        public Answer answer(Map<String, List<String>> query) {
            asked.incrementAndGet();
            CountDownLatch held = hold;
            if (held != null) {
                try {
                    assertThat(held.await(2, TimeUnit.MINUTES)).isTrue();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            }
            return query.containsKey("word")
                    ? Answer.ok(JsonNodeFactory.instance
                            .objectNode()
                            .put("word", query.get("word").get(0)))
                    : Answer.badQuestion("word: is missing");
        }
    }

    private record FixedStage(String name, AtomicReference<StageHealth> current) implements Stage {
        @Override
        public void start() {}

        @Override
        public StageHealth health() {
            return current.get();
        }

        @Override
        public void close(Duration atMost) {}
    }
}
