package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.producer.Cost;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxEvent;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed;
import io.usageflow.schema.topic.Topics;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** One event through the real broker and registry images. Runs where Docker answers; says so in one line where not. */
class ContainersIT {
    private static final DockerImageName KAFKA = DockerImageName.parse("apache/kafka:4.3.1");
    private static final DockerImageName REGISTRY = DockerImageName.parse("apicurio/apicurio-registry:3.3.3");
    private static final int REGISTRY_PORT = 8080;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path stateDir;

    @Test
    void shouldCarryAnEventThroughTheRealBrokerAndRegistry() throws Exception {
        skipWithoutDocker();
        try (KafkaContainer kafka = new KafkaContainer(KAFKA);
                GenericContainer<?> registry = new GenericContainer<>(REGISTRY)
                        .withExposedPorts(REGISTRY_PORT)
                        .waitingFor(Wait.forHttp("/apis/ccompat/v7/subjects").withStartupTimeout(PATIENCE));
                CredytSandbox credyt =
                        CredytSandbox.start(SandboxOptions.defaults().withSeed(SandboxSeed.dev()))) {
            kafka.start();
            registry.start();
            TopicCreation.create(
                    kafka.getBootstrapServers(), Topics.withDefaultPrefix().specs(2, Duration.ofDays(35)));
            String registryUrl =
                    "http://" + registry.getHost() + ":" + registry.getMappedPort(REGISTRY_PORT) + "/apis/ccompat/v7";

            try (Forwarder forwarder = Forwarder.start(settings(kafka.getBootstrapServers(), registryUrl, credyt));
                    UsagePublisher publisher = UsagePublisher.create(Map.of(
                            "bootstrap.servers", kafka.getBootstrapServers(), "schema.registry.url", registryUrl))) {
                publisher
                        .linkCustomer("acct_42", CustomerRef.externalId("acct_1"))
                        .get(1, TimeUnit.MINUTES);
                UsageEvent event = UsageEvent.of("chat_completed")
                        .account("acct_42")
                        .data("input_tokens", 1_000)
                        .data("output_tokens", 100)
                        .cost(Cost.of("openai", new BigDecimal("0.0161"), "USD"));
                publisher.publish(event).get(1, TimeUnit.MINUTES);

                assertThat(credyt.awaitEvents(1, PATIENCE))
                        .describedAs("arrival at the sandbox; %s", forwarder)
                        .isTrue();
                SandboxEvent delivered = credyt.event(event.id().toString()).orElseThrow();
                // 1,000 at 3 and 100 at 15 USD a million.
                assertThat(delivered.fees().get("USD")).isEqualByComparingTo("0.0045");
            }
        }
    }

    private Settings settings(String bootstrapServers, String registryUrl, CredytSandbox credyt) {
        return Settings.load(ConfigSources.none()
                .with(
                        Map.of(
                                "kafka.bootstrap.servers",
                                bootstrapServers,
                                "schema.registry.url",
                                registryUrl,
                                "credyt.url",
                                credyt.url().toString(),
                                "credyt.api.key",
                                "test",
                                "state.dir",
                                stateDir.toString(),
                                "admin.port",
                                "0"),
                        "the test"));
    }

    private static void skipWithoutDocker() {
        boolean answers = DockerClientFactory.instance().isDockerAvailable();
        if (Boolean.getBoolean("usageflow.containers.required")) {
            assertThat(answers).describedAs("Docker answers").isTrue();
        }
        if (!answers) {
            System.out.println("ContainersIT skipped: no Docker engine answers");
        }
        Assumptions.assumeTrue(answers, "no Docker engine answers");
    }
}
