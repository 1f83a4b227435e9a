package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.testing.DisturbedBrokers;
import io.usageflow.forwarder.testing.ForwarderProcess;
import io.usageflow.forwarder.testing.ImpatientKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Admission as a process of its own, killed at random points in its work, while it starts, and with its state folder
 * lost; now and then stopped in order, too. Whatever happens, what was published has become what it must become.
 *
 * <p>Rounds: {@code -Dusageflow.fault.rounds}. The seed stands in each assertion's description; the same again with
 * {@code -Dusageflow.fault.seed}, though a process never dies twice at the same instruction.
 */
class AdmissionKillIT {
    private static final int ROUNDS = Integer.getInteger("usageflow.fault.rounds", 2);
    private static final long SEED = Long.getLong("usageflow.fault.seed", System.nanoTime());
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int SIGTERM_EXIT = 143;
    private static final List<String> COMMIT_INTERVALS = List.of("20ms", "20ms", "200ms", "1s");

    @TempDir
    Path folder;

    private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);
    private final DisturbedBrokers brokers = DisturbedBrokers.start(ImpatientKafka.BROKER);
    private final AdmissionCluster cluster = new AdmissionCluster(registry.url(), brokers.bootstrapServers());
    private final Random random = new Random(SEED);
    private final Published published = new Published("-Dusageflow.fault.seed=" + SEED + " in " + ROUNDS + " rounds");
    private final Traffic traffic = new Traffic(cluster, published, new Random(SEED + 1));
    private final TrafficFlow flow = new TrafficFlow(cluster, traffic, new Random(SEED + 2));
    private ForwarderProcess forwarder;
    private int launches;

    @AfterEach
    void stop() throws Exception {
        flow.close();
        if (forwarder != null) {
            forwarder.close();
        }
        cluster.close();
        brokers.close();
        registry.close();
    }

    @Test
    void shouldAdmitEveryEventOnceHoweverItDies() throws Exception {
        IndexFiles files = new IndexFiles(folder.resolve("state"));
        flow.start();
        for (int round = 1; round <= ROUNDS; round++) {
            launch();
            if (round % 3 == 2) {
                killWhileItStarts();
                launch();
            }
            awaitMoving();
            if (brokers.areReplicated()) {
                brokers.kill();
                brokers.restart();
            }
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(3_000)).toNanos());
            if (round % 5 == 4) {
                stopInOrder();
            } else {
                forwarder.kill();
            }
            files.note();
            flow.repeatNearAndFar();
            if (round % 2 == 0) {
                loseState();
            }
        }
        launch();
        awaitMoving();
        flow.finish();

        var guarantees = new Guarantees(cluster, published, this::died);
        guarantees.check();

        published.toBeParked().keySet().forEach(traffic::link);
        cluster.flush();
        guarantees.check();
        stopInOrder();
        files.note();
        assertThat(files.seen()).as("files of ids; %s", published.story).hasSizeGreaterThan(ROUNDS);
    }

    private void launch() {
        forwarder = ForwarderProcess.launch(folder.resolve("forwarder-" + launches++ + ".log"), settings());
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(ImpatientKafka.ADMISSION);
        settings.put("kafka.bootstrap.servers", brokers.bootstrapServers());
        settings.put("schema.registry.url", registry.url());
        settings.put("roles", "admission");
        settings.put("admission.vendors.unlinked", "park");
        // The longer, the more a transaction holds when its process dies.
        settings.put("latency.target", COMMIT_INTERVALS.get(random.nextInt(COMMIT_INTERVALS.size())));
        // So few that a round writes and merges many files of the index.
        settings.put("admission.dedup.heap.ids", "50");
        settings.put("state.dir", folder.resolve("state").toString());
        return settings;
    }

    private void killWhileItStarts() throws InterruptedException {
        await(published.story).atMost(LIMIT).until(() -> died() || says("event=admission_state state=REBALANCING"));
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(1_500)).toNanos());
        forwarder.kill();
        flow.repeatNearAndFar();
    }

    private void awaitMoving() {
        await(published.story).atMost(LIMIT).until(() -> died() || says("event=admission_state state=RUNNING"));
        long before = cluster.size(TOPICS.deliverable());
        await(published.story).atMost(LIMIT).until(() -> died() || cluster.size(TOPICS.deliverable()) > before);
    }

    private boolean says(String words) {
        return forwarder.log().contains(words);
    }

    private boolean died() {
        assertThat(forwarder.isAlive())
                .as("runs until it is killed; %s%n%s", published.story, forwarder.logTail())
                .isTrue();
        return false;
    }

    private void stopInOrder() throws InterruptedException {
        assertThat(forwarder.terminate(LIMIT))
                .as("ends after SIGTERM; %s%n%s", published.story, forwarder.logTail())
                .hasValueSatisfying(code -> assertThat(code).isIn(0, SIGTERM_EXIT));
    }

    private void loseState() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
