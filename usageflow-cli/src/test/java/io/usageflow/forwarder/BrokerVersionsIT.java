package io.usageflow.forwarder;

import static io.usageflow.forwarder.testing.BilledTraffic.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.cli.CommandRun;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.ForkedBroker;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.testing.BilledTraffic;
import io.usageflow.forwarder.testing.ForwarderProcess;
import io.usageflow.forwarder.testing.ImpatientKafka;
import io.usageflow.forwarder.testing.KafkaVersion;
import io.usageflow.forwarder.testing.LongFaultTest;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The path of an event on each older version of Kafka that the docs name: topics, doctor, the forwarder and its
 * publisher, a killed forwarder, a killed broker. The rest of the suite runs on the version of our clients.
 */
@LongFaultTest
class BrokerVersionsIT {
    private static final int EVENTS = 1_000;
    private static final Duration AT_ONCE = Duration.ofMillis(10);
    private static final Path TABLE = Path.of("..", "docs", "running.md");

    @TempDir
    Path folder;

    @AutoClose
    private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);

    @AutoClose
    private final CredytSandbox credyt =
            CredytSandbox.start(SandboxOptions.defaults().withSeed(SandboxSeed.dev()));

    @ParameterizedTest
    @CsvSource({
        "3.9, metadata.version is 21 (Kafka 3.9), transaction.version is 0",
        "4.0, metadata.version is 25 (Kafka 4.0), transactions and large records"
    })
    void shouldDeliverEachEventOnce(String line, String version, String more) throws Exception {
        KafkaVersion kafka = KafkaVersion.of(line);
        assertThat(Files.readString(TABLE)).as("the table of brokers").contains("| Apache Kafka " + kafka + " |");
        try (ForkedBroker broker = kafka.start(EmbeddedBrokerOptions.defaults().withSettings(ImpatientKafka.BROKER))) {
            Map<String, String> settings = settings(broker.bootstrapServers());
            assertThat(run(settings, "topics", "apply", "--partitions", "3", "--replication", "1"))
                    .contains("created   usage.events");
            assertThat(run(settings, "doctor"))
                    .contains(version, more)
                    .doesNotContain("FAIL", "do not list open transactions");

            List<ForwarderProcess> forwarders = new ArrayList<>(List.of(launch(settings, "first")));
            Map<String, String> client = Map.of("bootstrap.servers", broker.bootstrapServers());
            try (BilledTraffic traffic = new BilledTraffic(client, client, registry.url(), credyt)) {
                traffic.publish(EVENTS);
                awaitArrived(forwarders, EVENTS / 4);
                awaitOpenTransaction(client, traffic);
                forwarders.get(0).kill();
                forwarders.add(launch(settings, "second"));
                awaitArrived(forwarders, EVENTS * 3 / 4);

                traffic.publish(EVENTS);
                awaitArrived(forwarders, EVENTS * 5 / 4);
                assertThat(forwarders.get(1).log())
                        .as("the takeover from the killed one")
                        .doesNotContain("event=abandoned_transactions_not_ended");
                broker.kill();
                broker.restart();
                awaitArrived(forwarders, traffic.published());
                traffic.repeatAll();
                traffic.awaitBooked();
                traffic.check();
            } finally {
                forwarders.forEach(ForwarderProcess::close);
            }
            assertThat(forwarders.get(1).log())
                    .as("what the broker does not know is no reason for a warning")
                    .doesNotContain("UnsupportedVersion");
        }
    }

    /** Admission's, so that the instance that takes over has something to end. */
    private static void awaitOpenTransaction(Map<String, String> client, BilledTraffic traffic) throws Exception {
        var ongoing = new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING));
        try (Admin admin = Admin.create(Map.copyOf(client))) {
            await().atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(AT_ONCE)
                    .until(() -> {
                        traffic.publish(5);
                        return admin.listTransactions(ongoing).all().get().stream()
                                .anyMatch(each -> each.transactionalId()
                                        .startsWith(BilledTraffic.TOPICS.prefix() + ".admission"));
                    });
        }
    }

    private void awaitArrived(List<ForwarderProcess> forwarders, int events) {
        assertThat(credyt.awaitEvents(events, PATIENCE))
                .as(() -> forwarders.get(forwarders.size() - 1).logTail())
                .isTrue();
    }

    private static String run(Map<String, String> settings, String... words) {
        List<String> arguments = new ArrayList<>(List.of(words));
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        CommandRun command = new CommandRun();
        int code = command.run(arguments.toArray(String[]::new));
        assertThat(code).as(command.out() + command.err()).isZero();
        return command.out();
    }

    private ForwarderProcess launch(Map<String, String> settings, String name) {
        Map<String, String> own = new HashMap<>(settings);
        own.put("instance.id", name);
        own.put("state.dir", folder.resolve(name).toString());
        // Open most of the time.
        own.put("latency.target", "1s");
        return ForwarderProcess.launch(folder.resolve(name + ".log"), own);
    }

    private Map<String, String> settings(String servers) {
        Map<String, String> settings = new HashMap<>(ImpatientKafka.ADMISSION);
        ImpatientKafka.DELIVERY.forEach((key, value) -> settings.put("kafka." + key, value));
        // Longer than the test waits: who takes over ends the transaction of who was killed.
        settings.put("streams.producer.transaction.timeout.ms", "900000");
        settings.put("kafka.bootstrap.servers", servers);
        settings.put("schema.registry.url", registry.url());
        settings.put("credyt.url", credyt.url().toString());
        settings.put("credyt.api.key", "test");
        settings.put("admin.port", "0");
        settings.put("state.dir", folder.resolve("state").toString());
        return settings;
    }
}
