package io.usageflow.forwarder;

import static io.usageflow.forwarder.testing.BilledTraffic.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.testing.BilledTraffic;
import io.usageflow.forwarder.testing.CommandProcess;
import io.usageflow.forwarder.testing.ForwarderProcess;
import io.usageflow.forwarder.testing.ImpatientKafka;
import io.usageflow.forwarder.testing.Metrics;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances in full flow, replaced one after the other by another version, and back. The version before is a folder
 * of jars, {@code -Dusageflow.previous.lib=FOLDER}; {@code .ci/run} builds it from the commit in
 * {@code .ci/previous-version}.
 */
@EnabledIfSystemProperty(
        named = UpgradeIT.PREVIOUS,
        matches = ".+",
        disabledReason = "no version before: -D" + UpgradeIT.PREVIOUS + "=FOLDER names a folder with its jars")
class UpgradeIT {
    static final String PREVIOUS = "usageflow.previous.lib";
    private static final int EVENTS = 1_000;
    private static final int SIGTERM_EXIT = 143;
    private static final String BEFORE = System.getProperty(PREVIOUS) + "/*";
    private static final String NOW = System.getProperty("java.class.path");

    @TempDir
    Path folder;

    @AutoClose
    private final EmbeddedBroker broker =
            EmbeddedBroker.start(EmbeddedBrokerOptions.defaults().withSettings(ImpatientKafka.BROKER));

    @AutoClose
    private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);

    @AutoClose
    private final CredytSandbox credyt =
            CredytSandbox.start(SandboxOptions.defaults().withSeed(SandboxSeed.dev()));

    private final Map<String, ForwarderProcess> running = new TreeMap<>();
    private final List<Path> logs = new ArrayList<>();

    @Test
    void shouldLoseNothingAndDoubleNothingInARollingUpgradeAndOnTheWayBack() throws Exception {
        createTopics();
        Map<String, String> client = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (BilledTraffic traffic = new BilledTraffic(client, client, registry.url(), credyt)) {
            launch("one", BEFORE);
            launch("two", BEFORE);
            awaitAllDelivering(traffic);

            replace("one", NOW, traffic);
            replace("two", NOW, traffic);
            replace("one", BEFORE, traffic);
            replaceWithoutState("two", BEFORE, traffic);
            replace("two", NOW, traffic);

            assertThat(credyt.awaitEvents(traffic.published(), PATIENCE))
                    .as(this::logs)
                    .isTrue();
            traffic.repeatAll();
            traffic.awaitBooked();
            for (String name : List.of("one", "two")) {
                stop(name);
            }
            traffic.check();
        } finally {
            running.values().forEach(ForwarderProcess::close);
        }
    }

    /** As the version before does it, so that what the version now adds is missing. */
    private void createTopics() throws InterruptedException {
        try (CommandProcess create = CommandProcess.launchOn(
                BEFORE,
                folder.resolve("topics.log"),
                "256m",
                List.of(
                        "topics",
                        "apply",
                        "--partitions",
                        "4",
                        "--replication",
                        "1",
                        "--set",
                        "kafka.bootstrap.servers=" + broker.bootstrapServers()))) {
            assertThat(create.awaitEnd(PATIENCE)).as(create::log).hasValue(0);
        }
    }

    /** In full flow, over the state that the other version leaves. */
    private void replace(String name, String classPath, BilledTraffic traffic) throws Exception {
        stopInFlow(name, traffic);
        launch(name, classPath);
        awaitAllDelivering(traffic);
    }

    /** So that the other version's changelogs are all that there is. */
    private void replaceWithoutState(String name, String classPath, BilledTraffic traffic) throws Exception {
        stopInFlow(name, traffic);
        Utils.delete(folder.resolve(name).toFile());
        launch(name, classPath);
        awaitAllDelivering(traffic);
    }

    private void stopInFlow(String name, BilledTraffic traffic) throws Exception {
        traffic.publish(EVENTS);
        assertThat(credyt.awaitEvents(traffic.published() - EVENTS * 3 / 4, PATIENCE))
                .as(this::logs)
                .isTrue();
        stop(name);
    }

    private void launch(String name, String classPath) {
        Map<String, String> settings = new HashMap<>(ImpatientKafka.ADMISSION);
        ImpatientKafka.DELIVERY.forEach((key, value) -> settings.put("kafka." + key, value));
        settings.put("kafka.bootstrap.servers", broker.bootstrapServers());
        settings.put("schema.registry.url", registry.url());
        settings.put("credyt.url", credyt.url().toString());
        settings.put("credyt.api.key", "test");
        settings.put("instance.id", name);
        settings.put("state.dir", folder.resolve(name).toString());
        settings.put("stop.timeout", "1m");
        Path log = folder.resolve(logs.size() + "-" + name + ".log");
        logs.add(log);
        running.put(name, ForwarderProcess.launchOn(classPath, log, settings));
    }

    private void stop(String name) throws Exception {
        ForwarderProcess leaving = running.get(name);
        assertThat(leaving.terminate(PATIENCE))
                .as("ends after SIGTERM%n%s", leaving.logTail())
                .hasValueSatisfying(code -> assertThat(code).isIn(0, SIGTERM_EXIT));
    }

    /** Publishes until each instance has admitted and delivered something. */
    private void awaitAllDelivering(BilledTraffic traffic) {
        await().atMost(PATIENCE).until(() -> {
            traffic.publish(EVENTS / 20);
            for (ForwarderProcess forwarder : running.values()) {
                assertThat(forwarder.isAlive()).as(forwarder::logTail).isTrue();
                if (forwarder.adminUrl().isEmpty()) {
                    return false;
                }
                Metrics metrics = Metrics.scrape(forwarder.adminUrl().orElseThrow());
                if (metrics.sum("usageflow_admission_events_total", "outcome=\"admitted\"") == 0
                        || metrics.sum("usageflow_delivery_events_total", "outcome=\"accepted\"") == 0) {
                    return false;
                }
            }
            return true;
        });
    }

    private String logs() {
        StringBuilder all = new StringBuilder();
        running.forEach((name, forwarder) -> all.append("== ")
                .append(name)
                .append('\n')
                .append(forwarder.logTail())
                .append('\n'));
        return all.toString();
    }
}
