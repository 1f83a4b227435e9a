package io.usageflow.schema.registry.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.client.SchemaRegistries;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry behind TLS that asks its clients for a certificate. */
class RegistryTlsIT {
    private static final String PASSWORD = "store-secret";

    @TempDir
    private static Path directory;

    private static final AtomicReference<String> lastLogin = new AtomicReference<>();
    private static HttpsServer server;
    private static Path serverStore;
    private static Path clientStore;

    @BeforeAll
    static void start() throws Exception {
        serverStore = selfSigned("server", "127.0.0.1");
        clientStore = selfSigned("client", "127.0.0.1");
        server = listening(serverStore);
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    @Test
    void shouldTrustTheStoreAndShowItsOwnCertificate() {
        assertThat(connect(serverStore, Optional.of(clientStore)).byId(1)).isPresent();
    }

    @Test
    void shouldLogInWithANameAndAPassword() {
        Map<String, Object> config = config(server, serverStore, Optional.of(clientStore));
        config.put("basic.auth.credentials.source", "USER_INFO");
        config.put("basic.auth.user.info", "user:secret");

        assertThat(SchemaRegistries.connect(config).byId(1)).isPresent();

        assertThat(lastLogin).hasValue("Basic dXNlcjpzZWNyZXQ=");
    }

    @Test
    void shouldNotTalkToAServerItDoesNotTrust() {
        assertThatThrownBy(() -> connect(clientStore, Optional.of(clientStore)).byId(1))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("https://127.0.0.1:");
    }

    @Test
    void shouldBeRefusedWithoutACertificate() {
        assertThatThrownBy(() -> connect(serverStore, Optional.empty()).byId(1))
                .isInstanceOf(RegistryUnavailableException.class);
    }

    @Test
    void shouldCheckTheHostName() throws Exception {
        Path otherName = selfSigned("elsewhere", "192.0.2.1");
        HttpsServer elsewhere = listening(otherName);
        try {
            assertThatThrownBy(() -> connect(elsewhere, otherName, Optional.of(clientStore))
                            .byId(1))
                    .isInstanceOf(RegistryUnavailableException.class);
        } finally {
            elsewhere.stop(0);
        }
    }

    private static SchemaRegistry connect(Path trust, Optional<Path> keys) {
        return connect(server, trust, keys);
    }

    private static SchemaRegistry connect(HttpsServer to, Path trust, Optional<Path> keys) {
        return SchemaRegistries.connect(config(to, trust, keys));
    }

    private static Map<String, Object> config(HttpsServer to, Path trust, Optional<Path> keys) {
        Map<String, Object> config = new HashMap<>();
        config.put("schema.registry.url", "https://127.0.0.1:" + to.getAddress().getPort());
        config.put("max.retries", 0);
        config.put("schema.registry.ssl.truststore.location", trust.toString());
        config.put("schema.registry.ssl.truststore.password", PASSWORD);
        config.put("schema.registry.ssl.truststore.type", "PKCS12");
        keys.ifPresent(store -> {
            config.put("schema.registry.ssl.keystore.location", store.toString());
            config.put("schema.registry.ssl.keystore.password", PASSWORD);
            config.put("schema.registry.ssl.keystore.type", "PKCS12");
        });
        return config;
    }

    /** Trusts the client's certificate only, and insists on one. */
    private static HttpsServer listening(Path store) throws Exception {
        SSLContext context = new RegistryTls(Optional.of(store(clientStore)), Optional.of(store(store))).context();
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters tls = context.getDefaultSSLParameters();
                tls.setNeedClientAuth(true);
                parameters.setSSLParameters(tls);
            }
        });
        https.createContext("/", exchange -> {
            lastLogin.set(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] answer = "{\"schema\":\"\\\"string\\\"\"}".getBytes(UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        https.start();
        return https;
    }

    private static RegistryTls.Store store(Path file) {
        return new RegistryTls.Store("test", file, PASSWORD, "PKCS12");
    }

    /** The JDK has no API that makes a certificate; its keytool does. */
    private static Path selfSigned(String name, String address) throws Exception {
        Path store = directory.resolve(name + ".p12");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=IP:" + address,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString());
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
        return store;
    }
}
