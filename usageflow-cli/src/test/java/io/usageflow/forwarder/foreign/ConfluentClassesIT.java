package io.usageflow.forwarder.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.testing.CommandProcess;
import io.usageflow.forwarder.testing.ForwarderProcess;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed;
import io.usageflow.schema.topic.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Publisher and forwarder, each as a process, with Confluent's genuine serializer and deserializer named in their
 * settings, while a gateway before the registry answers 503 now and then.
 */
class ConfluentClassesIT {
    private static final Topics TOPICS = Topics.withDefaultPrefix();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int EVENTS = 40;
    private static final int REFUSALS = 3;
    private static final String SERIALIZER = "io.confluent.kafka.serializers.KafkaAvroSerializer";
    private static final String DESERIALIZER = "io.confluent.kafka.serializers.KafkaAvroDeserializer";

    @TempDir
    Path folder;

    private final EmbeddedBroker broker = EmbeddedBroker.start();
    private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);
    private final Gateway gateway = new Gateway(URI.create(registry.url()));
    private final CredytSandbox credyt =
            CredytSandbox.start(SandboxOptions.defaults().withSeed(SandboxSeed.dev()));

    @AfterEach
    void stop() {
        credyt.close();
        gateway.close();
        registry.close();
        broker.close();
    }

    @Test
    void shouldPublishAndDeliverWithThemWhileTheRegistryIsOverloaded() throws Exception {
        TopicCreation.create(broker.bootstrapServers(), TOPICS.specs(3, Duration.ofDays(35)));
        List<Path> jar = List.of(ConfluentJar.write(folder.resolve("confluent.jar")));

        gateway.refuse(REFUSALS);
        Set<String> published =
                new HashSet<>(publish("theirs", jar, Map.of("registry.avro.serializer.class", SERIALIZER)));
        assertThat(gateway.refused()).isEqualTo(REFUSALS);
        published.addAll(publish("ours", List.of(), Map.of()));

        gateway.refuse(REFUSALS);
        Map<String, String> settings = settings();
        settings.put("registry.avro.serializer.class", SERIALIZER);
        settings.put("registry.avro.deserializer.class", DESERIALIZER);
        settings.put("state.dir", folder.resolve("state").toString());
        settings.put("credyt.url", credyt.url().toString());
        settings.put("credyt.api.key", "test");
        try (ForwarderProcess forwarder = ForwarderProcess.launch(folder.resolve("forwarder.log"), jar, settings)) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(Set.copyOf(credyt.eventIds()))
                    .describedAs(forwarder::logTail)
                    .isEqualTo(published));
        }

        assertThat(gateway.refused()).isEqualTo(REFUSALS);
        List<String> deadLetters = new ArrayList<>();
        new TopicReader(Map.of("bootstrap.servers", broker.bootstrapServers()))
                .read(TOPICS.deadLetters(), record -> deadLetters.add(record.topic() + " " + record.offset()));
        assertThat(deadLetters).isEmpty();
    }

    /** Returns the ids. */
    private List<String> publish(String name, List<Path> jars, Map<String, String> more) throws Exception {
        List<String> ids = new ArrayList<>();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < EVENTS; i++) {
            ids.add(UUID.randomUUID().toString());
            lines.append("{\"id\":\"")
                    .append(ids.get(i))
                    .append("\",\"event_type\":\"message_completed\",\"account_id\":\"acct-1\","
                            + "\"customer_external_id\":\"acct_1\",\"occurred_at\":\"")
                    .append(Instant.now())
                    .append("\",\"data\":{\"total_tokens\":12},\"costs\":[{\"vendor\":\"openai\",\"amount\":0.0161,"
                            + "\"currency\":\"USD\"}]}\n");
        }
        List<String> words = new ArrayList<>(List.of(
                "publish",
                "--input",
                Files.writeString(folder.resolve(name + ".jsonl"), lines).toString()));
        Map<String, String> settings = settings();
        settings.putAll(more);
        settings.forEach((key, value) -> words.addAll(List.of("--set", key + "=" + value)));
        try (CommandProcess publish = CommandProcess.launch(folder.resolve(name + ".log"), "256m", jars, words)) {
            Optional<Integer> exit = publish.awaitEnd(PATIENCE);
            assertThat(exit).describedAs(publish::log).contains(0);
        }
        return ids;
    }

    private Map<String, String> settings() {
        return new HashMap<>(Map.of(
                "kafka.bootstrap.servers", broker.bootstrapServers(),
                "schema.registry.url", gateway.url()));
    }

    /** Hands requests on to the registry; answers Confluent's own client, and only it, with 503 as often as told. */
    private static final class Gateway implements AutoCloseable {
        private final HttpServer server;
        private final HttpClient client = HttpClient.newHttpClient();
        private final URI registry;
        private final AtomicInteger left = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();

        Gateway(URI registry) {
            this.registry = registry;
            try {
                server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
            server.setExecutor(Executors.newCachedThreadPool());
            server.createContext("/", this::answer);
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        void refuse(int requests) {
            refused.set(0);
            left.set(requests);
        }

        int refused() {
            return refused.get();
        }

        private void answer(HttpExchange exchange) throws IOException {
            try (exchange) {
                byte[] body = exchange.getRequestBody().readAllBytes();
                // Confluent's client is made of the JDK's older one, ours of the newer one.
                boolean isConfluents = String.valueOf(
                                exchange.getRequestHeaders().getFirst("User-Agent"))
                        .startsWith("Java/");
                if (isConfluents && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                    refused.incrementAndGet();
                    respond(
                            exchange,
                            503,
                            "text/html",
                            "<html>503 Service Temporarily Unavailable</html>".getBytes(StandardCharsets.UTF_8));
                    return;
                }
                HttpRequest.Builder request = HttpRequest.newBuilder(
                        registry.resolve(exchange.getRequestURI().toString()));
                request.method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Type"))
                        .ifPresent(type -> request.header("Content-Type", type));
                HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
                respond(
                        exchange,
                        response.statusCode(),
                        response.headers().firstValue("Content-Type").orElse("application/json"),
                        response.body());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private static void respond(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
