package io.usageflow.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.topic.Topics;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Applications as others build them, in JVMs of their own, on class paths that their own build files ask for. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ApplicationsIT {
    private static final List<String> LINES = List.of("spring-boot-3.5", "spring-boot-4.0", "spring-boot-4.1");

    private static EmbeddedBroker broker;
    private static SchemaRegistryServer registry;

    @TempDir
    private static Path folder;

    private final Map<String, ApplicationProcess> running = new LinkedHashMap<>();

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start();
        registry = SchemaRegistryServer.start(0);
    }

    @AfterAll
    static void stop() {
        registry.close();
        broker.close();
    }

    @AfterEach
    void end() {
        running.values().forEach(ApplicationProcess::close);
    }

    @Test
    void shouldServeAndEndInOrderOnEveryLineOfSpringBoot() {
        LINES.forEach(this::startService);

        LINES.forEach(line -> {
            ApplicationProcess service = running.get(line);
            assertThat(ask(service, "m1").join())
                    .as(line)
                    .returns(200, HttpResponse::statusCode)
                    .extracting(HttpResponse::body)
                    .asString()
                    .contains("You said: hello");
            assertThat(service.get("/actuator/health"))
                    .as(line)
                    .returns(200, HttpResponse::statusCode)
                    .extracting(HttpResponse::body)
                    .asString()
                    .containsPattern("\"usageflow\":\\{[^}]*\"inFlight\":0");
            assertThat(service.get("/actuator/metrics/usageflow.publisher.durable")
                            .body())
                    .as(line)
                    .contains("\"value\":1.0");
        });

        // Requests that are under way when the platform says stop, while Kafka is away.
        broker.stop();
        Map<String, CompletableFuture<HttpResponse<String>>> answers = new LinkedHashMap<>();
        LINES.forEach(line -> answers.put(line, ask(running.get(line), "m2")));
        LINES.forEach(
                line -> Awaitility.await(line).atMost(Duration.ofMinutes(3)).until(() -> running.get(line)
                        .get("/actuator/metrics/usageflow.publisher.in.flight")
                        .body()
                        .contains("\"value\":1.0")));
        LINES.forEach(line -> running.get(line).terminate());
        LINES.forEach(line -> running.get(line).awaitLog("Commencing graceful shutdown"));
        broker.resume();

        LINES.forEach(line -> {
            assertThat(answers.get(line).join()).as(line).returns(200, HttpResponse::statusCode);
            assertThat(running.get(line).exitCode()).as(line).isEqualTo(143);
            assertThat(running.get(line).log())
                    .as(line)
                    .contains("Graceful shutdown complete")
                    .doesNotContain("ERROR", "not_durable");
            assertThat(published(line))
                    .as(line)
                    .hasSize(2)
                    .allMatch(event -> event.getSource().getService().equals("chat"))
                    .extracting(UsageEvent::getId)
                    .doesNotHaveDuplicates();
        });
    }

    @Test
    void shouldPublishWithKafkasClient39() {
        String name = "kafka-clients-3.9";
        assertThat(ApplicationClassPath.of(name).versionOf("kafka-clients")).startsWith("3.9.");
        createTopics("usage");

        ApplicationProcess first = start(
                name, "io.usageflow.example.FirstEvent", List.of(broker.bootstrapServers(), registry.url(), "m1"));

        assertThat(first.exitCode()).as(first.log()).isZero();
        // Kafka's client tells of settings that it does not know.
        assertThat(first.log())
                .contains("Kafka version: 3.9.", "durable: PublishReceipt")
                .doesNotContain("not used yet", "unknown config", "ERROR", "Exception in thread");
        assertThat(published("usage")).hasSize(1);
    }

    private void startService(String line) {
        createTopics(line);
        start(
                line,
                "io.usageflow.example.chat.ChatApplication",
                List.of(
                        "--server.address=127.0.0.1",
                        "--server.port=0",
                        "--server.shutdown=graceful",
                        "--spring.lifecycle.timeout-per-shutdown-phase=3m",
                        "--management.endpoints.web.exposure.include=health,metrics",
                        "--management.endpoint.health.show-details=always",
                        "--usageflow.bootstrap-servers=" + broker.bootstrapServers(),
                        "--usageflow.schema-registry.url=" + registry.url(),
                        "--usageflow.topics.prefix=" + line));
    }

    private ApplicationProcess start(String name, String main, List<String> arguments) {
        ApplicationProcess started = ApplicationProcess.start(ApplicationClassPath.of(name), folder, main, arguments);
        running.put(name, started);
        return started;
    }

    private static CompletableFuture<HttpResponse<String>> ask(ApplicationProcess service, String messageId) {
        return service.post(
                "/chats/chat_9/messages",
                "{\"messageId\": \"" + messageId + "\", \"account\": \"acct_42\", \"text\": \"hello\"}");
    }

    private static void createTopics(String prefix) {
        TopicCreation.create(broker.bootstrapServers(), new Topics(prefix).specs(2, Duration.ofDays(35)));
    }

    private static List<UsageEvent> published(String prefix) {
        return PublishedEvents.of(new Topics(prefix), broker.bootstrapServers(), registry.url());
    }
}
