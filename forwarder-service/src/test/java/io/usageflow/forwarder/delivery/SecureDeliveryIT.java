package io.usageflow.forwarder.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.forwarder.testing.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is believed to be Credyt, and what a proxy gets to see. */
class SecureDeliveryIT {
    private static final String KEY = "sk_live_of_the_test";
    private static final EventSink.Request REQUEST = new EventSink.Request(
            new Customer(true, "acct_1"), List.of("{\"id\":\"a\"}".getBytes(StandardCharsets.UTF_8)));

    @TempDir
    static Path folder;

    private static Certificates certificates;

    private final List<String> keysSeen = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpsServer server;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = new Certificates(folder);
    }

    private void serveAs(String alias) throws Exception {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificates.of(alias)));
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            keysSeen.add(exchange.getRequestHeaders().getFirst("x-credyt-api-key"));
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(202, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
        threads.shutdownNow();
    }

    private CredytSettings settings(String... more) {
        Map<String, String> given = new HashMap<>(Map.of(
                CredytSettings.URL, "https://127.0.0.1:" + server.getAddress().getPort(), CredytSettings.API_KEY, KEY));
        for (int i = 0; i < more.length; i += 2) {
            given.put(more[i], more[i + 1]);
        }
        return CredytSettings.from(new AbstractConfig(CredytSettings.define(new ConfigDef()), given, false));
    }

    private static Answer deliver(CredytSettings settings) throws Exception {
        try (var sink = new HttpEventSink(settings, ApiKeys.open(settings.apiKey(), System::nanoTime), 4)) {
            return sink.deliver(REQUEST).toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    private static void assertStatus(Answer answer, int status) {
        assertThat(answer).asInstanceOf(type(Answer.Response.class)).satisfies(response -> assertThat(response.status())
                .isEqualTo(status));
    }

    private static void assertFailed(Answer answer, String words) {
        assertThat(answer).asInstanceOf(type(Answer.Failure.class)).satisfies(failure -> assertThat(failure.detail())
                .contains(words));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PEM", "PKCS12", "JKS"})
    void shouldTrustTheAuthorityInTheTrustStoreAndTellItsTypeByItsContent(String kind) throws Exception {
        serveAs("here");

        Answer answer = deliver(settings(
                CredytSettings.TRUST_STORE,
                certificates.authority(kind).toString(),
                CredytSettings.TRUST_STORE_PASSWORD,
                kind.equals("PEM") ? "" : Certificates.PASSWORD));

        assertStatus(answer, 202);
        assertThat(keysSeen).containsExactly(KEY);
    }

    @Test
    void shouldTrustTheAuthorityBesideJavasOwn() throws Exception {
        serveAs("here");

        assertStatus(
                deliver(settings(
                        CredytSettings.TRUST_STORE,
                        certificates.authority("PEM").toString(),
                        CredytSettings.TRUST_STORE_ADDED,
                        "true")),
                202);
    }

    @ParameterizedTest
    @ValueSource(strings = {"elsewhere", "expired", "stranger"})
    void shouldNotSendTheKeyToWhomTheAuthorityDoesNotVouchFor(String alias) throws Exception {
        serveAs(alias);

        Answer answer = deliver(settings(
                CredytSettings.TRUST_STORE, certificates.authority("PEM").toString()));

        assertFailed(answer, "SSL");
        assertThat(keysSeen).isEmpty();
    }

    @Test
    void shouldNotTrustAnAuthorityThatOnlySomebodyElseTrusts() throws Exception {
        serveAs("here");

        assertFailed(deliver(settings()), "SSL");
        assertThat(keysSeen).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"empty", "missing", "wrong password", "wrong type"})
    void shouldNameTheTrustStoreThatCannotBeUsed(String fault) throws Exception {
        serveAs("here");
        Path file =
                switch (fault) {
                    case "empty" -> Files.writeString(folder.resolve("empty.pem"), "");
                    case "missing" -> folder.resolve("missing.pem");
                    default -> certificates.authority("PKCS12");
                };

        CredytSettings settings = settings(
                CredytSettings.TRUST_STORE,
                file.toString(),
                CredytSettings.TRUST_STORE_PASSWORD,
                "not it",
                CredytSettings.TRUST_STORE_TYPE,
                fault.equals("wrong type") ? "JKS" : "auto");

        assertThatThrownBy(() -> deliver(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("credyt.tls.truststore")
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("not it");
    }

    @Test
    void shouldPassAProxyThatSeesNeitherKeyNorEvents() throws Exception {
        serveAs("here");
        try (var proxy = new ConnectProxy("me:p@ss:w", "")) {
            Answer answer = deliver(settings(
                    CredytSettings.TRUST_STORE,
                    certificates.authority("PEM").toString(),
                    CredytSettings.PROXY,
                    "http://me:p%40ss%3Aw@" + proxy.address()));

            assertStatus(answer, 202);
            assertThat(keysSeen).containsExactly(KEY);
            assertThat(proxy.heads).allMatch(head -> head.startsWith("CONNECT 127.0.0.1:"));
            assertThat(String.join("", proxy.heads) + proxy.passed.toString(ISO_8859_1))
                    .doesNotContain(KEY, "acct_1");
        }
    }

    @Test
    void shouldTellThatTheProxyAsksForAnotherLogin() throws Exception {
        serveAs("here");
        try (var proxy = new ConnectProxy("me:right", "")) {
            for (String given : new String[] {"http://me:wrong@", "http://"}) {
                assertStatus(deliver(settings(CredytSettings.PROXY, given + proxy.address())), 407);
            }
            assertThat(keysSeen).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 409, 422, 502})
    void shouldNotTakeTheProxysAnswerForCredyts(int status) throws Exception {
        serveAs("here");
        try (var proxy = new ConnectProxy("", "HTTP/1.1 " + status + " No")) {
            assertFailed(deliver(settings(CredytSettings.PROXY, "http://" + proxy.address())), "proxy");
        }
    }

    @Test
    void shouldNotGoAroundAProxyThatIsAway() throws IOException, Exception {
        serveAs("here");
        String nobody;
        try (var proxy = new ConnectProxy("", "")) {
            nobody = proxy.address();
        }

        assertThat(deliver(settings(
                        CredytSettings.TRUST_STORE,
                        certificates.authority("PEM").toString(),
                        CredytSettings.PROXY,
                        "http://" + nobody)))
                .isInstanceOf(Answer.Failure.class);
        assertThat(keysSeen).isEmpty();
    }
}
