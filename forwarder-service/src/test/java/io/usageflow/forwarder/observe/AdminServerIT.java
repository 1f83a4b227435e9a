package io.usageflow.forwarder.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.usageflow.forwarder.config.AdminSettings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminServerIT {
    private final AtomicReference<StageHealth> delivery = new AtomicReference<>(StageHealth.flowing("all well"));
    private final AtomicReference<List<Stage>> stages = new AtomicReference<>(List.of(
            new FixedStage("admission", new AtomicReference<>(StageHealth.flowing("2 tasks run"))),
            new FixedStage("delivery", delivery)));
    private final ProcessMeters meters = new ProcessMeters();
    private AdminServer server;

    @BeforeEach
    void start() {
        server = AdminServer.start(
                new AdminSettings("127.0.0.1", 0), stages::get, List.of(new EchoPage()), meters.registry());
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

    @Test
    void shouldSayInOneLineThatThePortIsBusy() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> AdminServer.start(
                            new AdminSettings("127.0.0.1", taken.getLocalPort()),
                            List::of,
                            List.of(),
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
        @Override
        public String path() {
            return "/echo";
        }

        @Override
        public Answer answer(Map<String, List<String>> query) {
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
