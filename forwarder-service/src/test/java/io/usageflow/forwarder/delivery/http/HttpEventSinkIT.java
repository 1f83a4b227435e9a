package io.usageflow.forwarder.delivery.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.delivery.Answer;
import io.usageflow.forwarder.delivery.Customer;
import io.usageflow.forwarder.delivery.EventSink;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against a server of the JDK's, which can do what a well-behaved stand-in does not. */
class HttpEventSinkIT {
    private static final EventSink.Request REQUEST = new EventSink.Request(
            new Customer(true, "acct_1"), List.of("{\"id\":\"a\"}".getBytes(StandardCharsets.UTF_8)));

    private record Seen(String method, String path, String key, String contentType, String body) {}

    /** What a test makes of a request. */
    private interface Behaviour {
        void answer(HttpExchange exchange) throws IOException;
    }

    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private volatile Behaviour behaviour = exchange -> exchange.sendResponseHeaders(202, -1);

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            seen.add(new Seen(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders().getFirst("x-credyt-api-key"),
                    exchange.getRequestHeaders().getFirst("content-type"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            behaviour.answer(exchange);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private static CredytSettings credyt(URI url, String key, Duration response) {
        return new CredytSettings(url, new Password(key), Duration.ofSeconds(2), response);
    }

    private Answer deliver() throws Exception {
        try (var sink = new HttpEventSink(credyt(url(), "k-1", Duration.ofSeconds(20)), 4)) {
            return sink.deliver(REQUEST).toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Test
    void shouldPostTheBatchWithTheKey() throws Exception {
        behaviour = exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "3");
            send(exchange, 429, "{\"title\":\"slow\"}".getBytes(StandardCharsets.UTF_8));
        };

        Answer answer = deliver();

        assertThat(seen)
                .containsExactly(new Seen(
                        "POST",
                        "/events",
                        "k-1",
                        "application/json",
                        "{\"customer_external_id\":\"acct_1\",\"events\":[{\"id\":\"a\"}]}"));
        assertThat(answer).asInstanceOf(type(Answer.Response.class)).satisfies(response -> {
            assertThat(response.status()).isEqualTo(429);
            assertThat(response.headers()).containsEntry("retry-after", "3");
            assertThat(response.body()).isEqualTo("{\"title\":\"slow\"}");
            assertThat(response.truncated()).isFalse();
        });
    }

    @Test
    void shouldKeepNoMoreOfABodyThanItsBound() throws Exception {
        behaviour = exchange -> send(exchange, 200, new byte[5 * BoundedAnswerConsumer.BYTES_MAX]);

        assertThat(deliver()).asInstanceOf(type(Answer.Response.class)).satisfies(response -> {
            assertThat(response.body()).hasSize(BoundedAnswerConsumer.BYTES_MAX);
            assertThat(response.truncated()).isTrue();
        });
    }

    @Test
    void shouldNeitherFollowARedirectNorSendAgain() throws Exception {
        for (int status : new int[] {301, 302, 307, 308, 503}) {
            seen.clear();
            behaviour = exchange -> {
                exchange.getResponseHeaders().set("Location", url() + "/elsewhere");
                exchange.sendResponseHeaders(status, -1);
            };

            assertThat(deliver())
                    .asInstanceOf(type(Answer.Response.class))
                    .satisfies(response -> assertThat(response.status()).isEqualTo(status));
            assertThat(seen).hasSize(1);
        }
    }

    @Test
    void shouldEndAnAnswerThatDripsWithinTheTotalTime() throws Exception {
        behaviour = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                while (!over.await(100, TimeUnit.MILLISECONDS)) {
                    body.write(' ');
                    body.flush();
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        };
        try (var sink = new HttpEventSink(credyt(url(), "k-1", Duration.ofSeconds(1)), 4)) {
            Answer answer = sink.deliver(REQUEST).toCompletableFuture().get(60, TimeUnit.SECONDS);

            assertThat(answer)
                    .asInstanceOf(type(Answer.Failure.class))
                    .satisfies(failure -> assertThat(failure.timeout()).isTrue());
        }
    }

    @Test
    void shouldTellThatNobodyIsThere() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        try (var sink =
                new HttpEventSink(credyt(URI.create("http://127.0.0.1:" + port), "k-1", Duration.ofSeconds(2)), 4)) {
            Answer answer = sink.deliver(REQUEST).toCompletableFuture().get(60, TimeUnit.SECONDS);

            assertThat(answer).asInstanceOf(type(Answer.Failure.class)).satisfies(failure -> {
                assertThat(failure.timeout()).isFalse();
                assertThat(failure.detail()).doesNotContain("k-1");
            });
        }
    }

    @Test
    void shouldTellThatTheConnectionBroke() throws Exception {
        try (ServerSocket rude = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            threads.execute(() -> {
                try {
                    while (true) {
                        rude.accept().close();
                    }
                } catch (IOException closed) {
                    over.countDown();
                }
            });
            try (var sink = new HttpEventSink(
                    credyt(URI.create("http://127.0.0.1:" + rude.getLocalPort()), "k-1", Duration.ofSeconds(5)), 4)) {
                assertThat(sink.deliver(REQUEST).toCompletableFuture().get(60, TimeUnit.SECONDS))
                        .isInstanceOf(Answer.Failure.class);
            }
        }
    }

    @Test
    void shouldAnswerAfterItWasClosed() throws Exception {
        var sink = new HttpEventSink(credyt(url(), "k-1", Duration.ofSeconds(2)), 4);
        sink.close();

        assertThat(sink.deliver(REQUEST).toCompletableFuture().get(60, TimeUnit.SECONDS))
                .isInstanceOf(Answer.Failure.class);
    }

    @Test
    void shouldRefuseAKeyThatCannotBeSent() {
        for (String key : new String[] {"", " ", "with\nbreak", "trailing "}) {
            assertThatThrownBy(() -> new HttpEventSink(credyt(url(), key, Duration.ofSeconds(2)), 4).close())
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("credyt.api.key");
        }
    }
}
