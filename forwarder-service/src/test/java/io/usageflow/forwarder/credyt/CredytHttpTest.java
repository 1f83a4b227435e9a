package io.usageflow.forwarder.credyt;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.context.Context;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.testing.SeenContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** For whom and in which mode requests are sent. */
class CredytHttpTest {
    private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private volatile int accountStatus = 200;
    private volatile Map<String, String> accounts = Map.of();
    private HttpServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            String key = exchange.getRequestHeaders().getFirst("X-CREDYT-API-KEY");
            String path = exchange.getRequestURI().toString();
            seen.add(exchange.getRequestMethod() + " " + path + " " + key + " "
                    + exchange.getRequestHeaders().getFirst("X-CREDYT-ACCOUNT"));
            boolean self = path.equals("/accounts/self");
            byte[] body = (self ? accounts.getOrDefault(key, "{}") : "{}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(self ? accountStatus : 202, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    private CredytHttp open(Map<String, String> more) {
        var settings = new HashMap<>(more);
        settings.put(
                CredytSettings.URL, "http://127.0.0.1:" + server.getAddress().getPort());
        settings.putIfAbsent(CredytSettings.API_KEY, "k");
        CredytSettings credyt =
                CredytSettings.from(new AbstractConfig(CredytSettings.define(new ConfigDef()), settings, false));
        return new CredytHttp(credyt, ApiKeys.open(credyt.apiKey(), nanos::get), 4);
    }

    private static Answer answer(CompletionStage<Answer> stage) {
        return stage.toCompletableFuture().join();
    }

    private static int status(CompletionStage<Answer> stage) {
        return answer(stage).response().orElseThrow().status();
    }

    /** An agent that traces the client takes what is current as the parent, and its headers replace ours. */
    @Test
    void shouldShowInstrumentationTheTraceOfARequest() {
        var trace = new TraceContext(
                "00-5eed7651916cd43dd8448eb211c80319-b7ad6b7169203331-01", Optional.of("vendor=x,other=y"));

        try (CredytHttp http = open(Map.of())) {
            assertThat(status(http.post("/events", Optional.empty(), BODY, Optional.of(trace))))
                    .isEqualTo(202);
            assertThat(Context.current()).isSameAs(Context.root());
        }

        assertThat(SeenContexts.all())
                .filteredOn(span -> span.getTraceId().equals("5eed7651916cd43dd8448eb211c80319"))
                .singleElement()
                .satisfies(span -> {
                    assertThat(span.getSpanId()).isEqualTo("b7ad6b7169203331");
                    assertThat(span.isSampled()).isTrue();
                    assertThat(span.getTraceState().asMap())
                            .containsExactly(Map.entry("vendor", "x"), Map.entry("other", "y"));
                });
    }

    @Test
    void shouldNameTheConnectedAccountInEveryRequest() {
        try (CredytHttp http = open(Map.of(CredytSettings.ACCOUNT, "acc_1"))) {
            assertThat(status(http.post("/events", BODY))).isEqualTo(202);
            assertThat(status(http.get("/customers"))).isEqualTo(202);
            http.account().toCompletableFuture().join();
        }

        assertThat(seen)
                .containsExactly("POST /events k acc_1", "GET /customers k acc_1", "GET /accounts/self k acc_1");
    }

    @Test
    void shouldNameTheAccountOfTheLinkBeforeThatOfTheSettings() {
        try (CredytHttp http = open(Map.of(CredytSettings.ACCOUNT, "acc_1"))) {
            assertThat(status(http.post("/events", Optional.of("acc_2"), BODY))).isEqualTo(202);
            assertThat(status(http.get("/customers", Optional.of("acc_2")))).isEqualTo(202);
            assertThat(status(http.get("/customers", Optional.empty()))).isEqualTo(202);
            assertThat(answer(http.post("/events", Optional.of("acc\r\nX-CREDYT-API-KEY: other"), BODY)))
                    .isInstanceOf(Answer.Failure.class);
        }

        assertThat(seen).containsExactly("POST /events k acc_2", "GET /customers k acc_2", "GET /customers k acc_1");
    }

    @Test
    void shouldNameNoAccountAndAskForNoModeByDefault() {
        try (CredytHttp http = open(Map.of())) {
            assertThat(status(http.post("/events", BODY))).isEqualTo(202);
        }

        assertThat(seen).containsExactly("POST /events k null");
    }

    @Test
    void shouldSendNothingInTheOtherMode() {
        accounts = Map.of("k", "{\"id\":\"acc_1\",\"live_mode\":true}");
        try (CredytHttp http = open(Map.of(CredytSettings.EXPECT_MODE, "test"))) {
            for (CompletionStage<Answer> sent : List.of(http.post("/events", BODY), http.get("/customers"))) {
                assertThat(answer(sent))
                        .isInstanceOfSatisfying(Answer.Failure.class, failure -> assertThat(failure.detail())
                                .contains("live mode, but credyt.expect.mode is test"));
            }
        }

        assertThat(seen).containsOnly("GET /accounts/self k null");
    }

    @Test
    void shouldAskOnceForAKeyOfTheExpectedMode() {
        accounts = Map.of("k", "{\"live_mode\":true}");
        try (CredytHttp http = open(Map.of(CredytSettings.EXPECT_MODE, "live"))) {
            assertThat(status(http.post("/events", BODY))).isEqualTo(202);
            assertThat(status(http.post("/events", BODY))).isEqualTo(202);
        }

        assertThat(seen).containsExactly("GET /accounts/self k null", "POST /events k null", "POST /events k null");
    }

    @Test
    void shouldAskAgainForANewKeyAndNotMixModes() throws IOException {
        accounts = Map.of("k-test", "{\"live_mode\":false}", "k-live", "{\"live_mode\":true}");
        Path file = Files.writeString(folder.resolve("key"), "k-test");
        try (CredytHttp http = open(Map.of(
                CredytSettings.EXPECT_MODE,
                "test",
                CredytSettings.API_KEY_FILE,
                file.toString(),
                CredytSettings.API_KEY_FILE_INTERVAL,
                "30s"))) {
            assertThat(status(http.post("/events", BODY))).isEqualTo(202);
            Files.writeString(file, "k-live");
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
            assertThat(answer(http.post("/events", BODY))).isInstanceOf(Answer.Failure.class);
            Files.writeString(file, "k-test");
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
            assertThat(status(http.post("/events", BODY))).isEqualTo(202);
        }

        assertThat(seen).doesNotContain("POST /events k-live null").contains("GET /accounts/self k-live null");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429, 500, 503})
    void shouldPassOnWhyCredytDoesNotTellTheModeNow(int status) {
        accountStatus = status;
        try (CredytHttp http = open(Map.of(CredytSettings.EXPECT_MODE, "test"))) {
            assertThat(status(http.post("/events", BODY))).isEqualTo(status);
            accountStatus = 200;
            assertThat(status(http.post("/events", BODY))).isEqualTo(202);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"200|{\"id\":\"acc_1\"}", "200|<html>", "404|{}", "403|{}", "200|{\"live_mode\":\"yes\"}"})
    void shouldSendWhereCredytDoesNotSayItsMode(int status, String body) {
        accountStatus = status;
        accounts = Map.of("k", body);
        try (CredytHttp http = open(Map.of(CredytSettings.EXPECT_MODE, "test"))) {
            assertThat(status(http.post("/events", BODY))).isEqualTo(202);
        }
    }
}
