package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.delivery.queue.Customer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against a server of the JDK's, which can do what a well-behaved stand-in does not. */
class HttpEventSinkIT {
    private static final EventSink.Request REQUEST = new EventSink.Request(
            new Customer(true, "acct_1"), List.of("{\"id\":\"a\"}".getBytes(StandardCharsets.UTF_8)));

    private static final Duration AGE_MAX = Duration.ofMinutes(5);

    private record Seen(String method, String path, String key, String contentType, String body) {}

    /** What a test makes of a request. */
    private interface Behaviour {
        void answer(HttpExchange exchange) throws IOException;
    }

    @TempDir
    Path folder;

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
        return credyt(
                url, new CredytSettings.ApiKey(new Password(key), Optional.empty(), Duration.ofHours(1)), response);
    }

    private static CredytSettings credyt(URI url, CredytSettings.ApiKey key, Duration response) {
        return new CredytSettings(
                url,
                key,
                Optional.empty(),
                Optional.empty(),
                new CredytSettings.Connecting(Duration.ofSeconds(10), response, AGE_MAX),
                Optional.empty(),
                Optional.empty());
    }

    private static HttpEventSink sink(CredytSettings credyt) {
        return new HttpEventSink(credyt, ApiKeys.open(credyt.apiKey(), System::nanoTime), 4);
    }

    private Answer deliver() throws Exception {
        try (var sink = sink(credyt(url(), "k-1", Duration.ofSeconds(20)))) {
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
            assertThat(response.incomplete()).isFalse();
        });
    }

    @Test
    void shouldKeepNoMoreOfABodyThanItsBound() throws Exception {
        behaviour = exchange -> send(exchange, 200, new byte[5 * CredytHttp.REPLY_BYTES_MAX]);

        assertThat(deliver()).asInstanceOf(type(Answer.Response.class)).satisfies(response -> {
            assertThat(response.body()).hasSize(CredytHttp.REPLY_BYTES_MAX);
            assertThat(response.incomplete()).isTrue();
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
        try (var sink = sink(credyt(url(), "k-1", Duration.ofSeconds(1)))) {
            Answer answer = sink.deliver(REQUEST).toCompletableFuture().get(60, TimeUnit.SECONDS);

            assertThat(answer)
                    .asInstanceOf(type(Answer.Failure.class))
                    .satisfies(failure -> assertThat(failure.timeout()).isTrue());
        }
    }

    @Test
    void shouldTellThatNobodyIsThere() throws Exception {
        try (var sink = sink(credyt(URI.create("http://127.0.0.1:1"), "k-1", Duration.ofMinutes(1)))) {
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
            try (var sink =
                    sink(credyt(URI.create("http://127.0.0.1:" + rude.getLocalPort()), "k-1", Duration.ofSeconds(5)))) {
                assertThat(sink.deliver(REQUEST).toCompletableFuture().get(60, TimeUnit.SECONDS))
                        .isInstanceOf(Answer.Failure.class);
            }
        }
    }

    @Test
    void shouldAnswerAfterItWasClosed() throws Exception {
        var sink = sink(credyt(url(), "k-1", Duration.ofSeconds(2)));
        sink.close();

        assertThat(sink.deliver(REQUEST).toCompletableFuture().get(60, TimeUnit.SECONDS))
                .isInstanceOf(Answer.Failure.class);
    }

    @Test
    void shouldGiveTheKeyToNoOtherHostThanTheConfiguredOne() throws Exception {
        List<String> elsewhere = new CopyOnWriteArrayList<>();
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            elsewhere.add(exchange.getRequestMethod() + " " + exchange.getRequestHeaders());
            exchange.sendResponseHeaders(202, -1);
            exchange.close();
        });
        other.start();
        try {
            for (int status : new int[] {300, 301, 302, 303, 304, 307, 308}) {
                behaviour = exchange -> {
                    String there = "http://localhost:" + other.getAddress().getPort() + "/events";
                    exchange.getResponseHeaders().set("Location", there);
                    exchange.getResponseHeaders().set("Refresh", "0; url=" + there);
                    exchange.sendResponseHeaders(status, -1);
                };

                assertThat(deliver())
                        .asInstanceOf(type(Answer.Response.class))
                        .satisfies(response -> assertThat(response.status()).isEqualTo(status));
            }
            assertThat(elsewhere).isEmpty();
        } finally {
            other.stop(0);
        }
    }

    @Test
    void shouldSendTheNewKeyRightAfterTheOldOneWasRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "sk_old\n");
        var accepted = new AtomicReference<>("sk_old");
        behaviour = exchange -> exchange.sendResponseHeaders(
                accepted.get().equals(exchange.getRequestHeaders().getFirst("x-credyt-api-key")) ? 202 : 401, -1);
        var settings = credyt(
                url(),
                new CredytSettings.ApiKey(new Password(""), Optional.of(file), Duration.ofHours(1)),
                Duration.ofSeconds(20));
        try (var sink = sink(settings)) {
            assertStatus(sink, 202);

            accepted.set("sk_new");
            assertStatus(sink, 401);
            assertStatus(sink, 401);
            Files.writeString(file, "sk_new\n");
            assertStatus(sink, 202);
        }
        assertThat(seen).extracting(Seen::key).endsWith("sk_new").doesNotContainNull();
    }

    private static void assertStatus(EventSink sink, int status) throws Exception {
        assertThat(sink.deliver(REQUEST).toCompletableFuture().get(60, TimeUnit.SECONDS))
                .asInstanceOf(type(Answer.Response.class))
                .satisfies(response -> assertThat(response.status()).isEqualTo(status));
    }

    @Test
    void shouldEndAnEndlessAnswerBeforeItsTimeIsOver() throws Exception {
        var written = new AtomicLong();
        behaviour = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] block = new byte[64 * 1024];
            try (OutputStream body = exchange.getResponseBody()) {
                while (over.getCount() > 0) {
                    body.write(block);
                    written.addAndGet(block.length);
                }
            }
        };

        assertThat(deliver())
                .asInstanceOf(type(Answer.Response.class))
                .satisfies(response -> assertThat(response.incomplete()).isTrue());
        assertThat(written).as("what buffers between hold comes on top").hasValueLessThan(64L * 1024 * 1024);
    }

    @Test
    void shouldAskForNoCodingAndUndoGzipWithinItsBound() throws Exception {
        var asked = new CopyOnWriteArrayList<List<String>>();
        behaviour = exchange -> {
            asked.add(exchange.getRequestHeaders().getOrDefault("Accept-Encoding", List.of("none")));
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            send(exchange, 422, gzip("{\"title\":\"no\"}".getBytes(StandardCharsets.UTF_8)));
        };
        assertThat(deliver()).asInstanceOf(type(Answer.Response.class)).satisfies(response -> {
            assertThat(response.body()).isEqualTo("{\"title\":\"no\"}");
            assertThat(response.incomplete()).isFalse();
        });

        behaviour = exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            send(exchange, 200, gzip(new byte[20 * 1024 * 1024]));
        };
        assertThat(deliver()).asInstanceOf(type(Answer.Response.class)).satisfies(response -> {
            assertThat(response.body()).hasSize(CredytHttp.REPLY_BYTES_MAX);
            assertThat(response.incomplete()).isTrue();
        });
        assertThat(asked).containsExactly(List.of("identity"));
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var packed = new java.io.ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        return packed.toByteArray();
    }

    @Test
    void shouldKnowTheStatusOfAnAnswerThatBreaksOff() throws Exception {
        behaviour = exchange -> {
            exchange.sendResponseHeaders(202, 1000);
            exchange.getResponseBody().write("{\"results\":".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
        };

        assertThat(deliver()).asInstanceOf(type(Answer.Response.class)).satisfies(response -> {
            assertThat(response.status()).isEqualTo(202);
            assertThat(response.incomplete()).isTrue();
        });
    }

    @Test
    void shouldReadLargeHeadersAndSeveralOfOneName() throws Exception {
        behaviour = exchange -> {
            exchange.getResponseHeaders().set("X-Long", "x".repeat(100_000));
            for (int i = 0; i < 300; i++) {
                exchange.getResponseHeaders().add("Set-Cookie", "c" + i + "=" + "a".repeat(500));
            }
            exchange.getResponseHeaders().add("Retry-After", "7");
            exchange.getResponseHeaders().add("Retry-After", "9");
            exchange.sendResponseHeaders(202, -1);
        };

        assertThat(deliver()).asInstanceOf(type(Answer.Response.class)).satisfies(response -> {
            assertThat(response.status()).isEqualTo(202);
            assertThat(response.headers()).containsEntry("retry-after", "7, 9");
        });
    }

    @Test
    void shouldRefuseAnEndlessHead() throws Exception {
        behaviour = exchange -> {
            exchange.getResponseHeaders().set("X-Long", "x".repeat(1_000_000));
            exchange.sendResponseHeaders(202, -1);
        };

        assertThat(deliver()).isInstanceOf(Answer.Failure.class);
    }

    @Test
    void shouldUseAConnectionAgainUntilItIsTooOld() throws Exception {
        var ports = new CopyOnWriteArrayList<Integer>();
        behaviour = exchange -> {
            ports.add(exchange.getRemoteAddress().getPort());
            // A connection whose request is answered before all of it was sent is not used again.
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(202, -1);
        };
        try (var sink = sink(credyt(url(), "k-1", Duration.ofSeconds(20)))) {
            // An answer may be complete before its connection is free; the next request then opens another.
            await().atMost(Duration.ofMinutes(3)).untilAsserted(() -> {
                assertStatus(sink, 202);
                assertThat(ports).hasSizeGreaterThan(1);
                assertThat(ports.get(ports.size() - 1)).isEqualTo(ports.get(ports.size() - 2));
            });
        }

        ports.clear();
        var shortLived = new CredytSettings(
                url(),
                new CredytSettings.ApiKey(new Password("k-1"), Optional.empty(), Duration.ofHours(1)),
                Optional.empty(),
                Optional.empty(),
                new CredytSettings.Connecting(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofMillis(1)),
                Optional.empty(),
                Optional.empty());
        try (var sink = sink(shortLived)) {
            await().atMost(Duration.ofMinutes(3)).untilAsserted(() -> {
                assertStatus(sink, 202);
                // More than the client opens by itself when a connection is not free in time.
                assertThat(Set.copyOf(ports)).hasSizeGreaterThan(5);
            });
        }
    }
}
