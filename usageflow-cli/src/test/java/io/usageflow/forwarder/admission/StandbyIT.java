package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.testing.ForwarderProcess;
import io.usageflow.forwarder.testing.ImpatientKafka;
import io.usageflow.forwarder.testing.Metrics;
import io.usageflow.forwarder.topics.Changelogs;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Two instances, each with a copy of the other's memory: where one goes, the other goes on at once. */
class StandbyIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int REMEMBERED = 20_000;
    private static final int ACCOUNTS = 40;

    @TempDir
    Path folder;

    private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);
    private final AdmissionCluster cluster = new AdmissionCluster(
            registry.url(), EmbeddedBrokerOptions.defaults().withSettings(ImpatientKafka.BROKER));
    private final Published published = new Published("seed 1");
    private final Traffic traffic = new Traffic(cluster, published, new Random(1));
    private final TrafficFlow flow = new TrafficFlow(cluster, traffic, new Random(2));

    @AfterEach
    void stop() throws Exception {
        flow.close();
        cluster.close();
        registry.close();
    }

    @Test
    void shouldTakeOverFromAKilledInstanceWithoutRestoring(TestReporter reporter) throws Exception {
        try (ForwarderProcess one = launch("one");
                ForwarderProcess other = launch("other")) {
            awaitRunning(one);
            awaitRunning(other);
            rememberMany();
            awaitCopied(one, other);
            flow.start();
            awaitMovingEverywhere(other);

            one.kill();
            Instant killed = Instant.now();
            long copied = readOfChangelogs(other);
            flow.repeatNearAndFar();
            awaitMovingEverywhere(other);
            long restored = readOfChangelogs(other) - copied;
            flow.finish();

            assertThat(restored)
                    .as("records of changelogs read for the takeover, where %s had been copied before", copied)
                    .isLessThan(copied / 10);
            new Guarantees(cluster, published, () -> runs(other)).check();
            reporter.publishEntry(Map.of(
                    "longest time without output of a partition",
                    longestGapSince(killed).toMillis() + " ms",
                    "records of changelogs read before and for the takeover",
                    copied + " and " + restored));
        }
    }

    @Test
    void shouldHandPartitionsOverInFullFlow() throws Exception {
        try (ForwarderProcess one = launch("one")) {
            awaitRunning(one);
            flow.start();
            awaitMovingEverywhere(one);
            try (ForwarderProcess other = launch("other")) {
                awaitRunning(other); // with partitions that were the first one's until now
                flow.repeatNearAndFar();
                awaitMovingEverywhere(other);

                assertThat(one.terminate(LIMIT)).as(one::logTail).isPresent();
                flow.repeatNearAndFar();
                awaitMovingEverywhere(other);
                flow.finish();

                new Guarantees(cluster, published, () -> runs(other)).check();
            }
        }
    }

    private ForwarderProcess launch(String name) {
        Map<String, String> settings = new HashMap<>(ImpatientKafka.ADMISSION);
        settings.put("kafka.bootstrap.servers", cluster.bootstrapServers());
        settings.put("schema.registry.url", registry.url());
        settings.put("roles", "admission");
        settings.put("admission.standby.replicas", "1");
        // Longer than the test waits: who takes over ends the transaction of who was killed.
        settings.put("streams.producer.transaction.timeout.ms", "900000");
        settings.put("admission.vendors.unlinked", "park");
        settings.put("admission.dedup.heap.ids", "500"); // so that most of the index is in files
        settings.put("state.dir", folder.resolve(name).toString());
        return ForwarderProcess.launch(folder.resolve(name + ".log"), settings);
    }

    private void awaitRunning(ForwarderProcess process) {
        await().atMost(LIMIT).until(() -> {
            runs(process);
            return process.log().contains("event=admission_state state=RUNNING");
        });
    }

    private static void runs(ForwarderProcess process) {
        assertThat(process.isAlive()).as(process::logTail).isTrue();
    }

    private void rememberMany() {
        cluster.linkVendor(Traffic.VENDOR);
        for (int i = 0; i < ACCOUNTS; i++) {
            traffic.link("early-" + i);
        }
        for (int i = 0; i < REMEMBERED; i++) {
            traffic.event("early-" + i % ACCOUNTS);
        }
        cluster.flush();
    }

    /** Each changelog record is read by the one instance that does not write it. */
    private void awaitCopied(ForwarderProcess one, ForwarderProcess other) {
        await().atMost(LIMIT).until(() -> cluster.read(TOPICS.deliverable()).size() == REMEMBERED);
        AtomicLong written = new AtomicLong();
        Changelogs.names("usage.admission")
                .forEach(changelog -> cluster.read(changelog, record -> written.incrementAndGet()));
        await().atMost(LIMIT).until(() -> readOfChangelogs(one) + readOfChangelogs(other) >= written.get());
    }

    /** By Streams' restore consumers, which read for standbys as well as for restoring; since the process began. */
    private static long readOfChangelogs(ForwarderProcess process) throws InterruptedException {
        return (long) Metrics.scrape(process.adminUrl().orElseThrow())
                .sum("kafka_consumer_fetch_manager_records_consumed_total", "-restore-consumer");
    }

    private void awaitMovingEverywhere(ForwarderProcess process) {
        List<Long> before = cluster.sizes(TOPICS.deliverable());
        await().atMost(LIMIT).until(() -> {
            runs(process);
            List<Long> now = cluster.sizes(TOPICS.deliverable());
            for (int partition = 0; partition < now.size(); partition++) {
                if (now.get(partition) <= before.get(partition)) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Between two records of a partition that follow each other, by the clock of who wrote them. */
    private Duration longestGapSince(Instant killed) {
        Map<Integer, Long> last = new HashMap<>();
        AtomicLong longest = new AtomicLong();
        cluster.read(TOPICS.deliverable(), record -> {
            Long before = last.put(record.partition(), record.timestamp());
            if (before != null && record.timestamp() > killed.toEpochMilli()) {
                longest.accumulateAndGet(record.timestamp() - before, Math::max);
            }
        });
        return Duration.ofMillis(longest.get());
    }
}
