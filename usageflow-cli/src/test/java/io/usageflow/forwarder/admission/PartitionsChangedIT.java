package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.AdmissionCluster.PARTITIONS;
import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.testing.ForwarderProcess;
import io.usageflow.forwarder.testing.ImpatientKafka;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody changes the number of partitions under a running pipeline. */
class PartitionsChangedIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int NOT_THERE = 3;
    private static final int STAGE_DIED = 4;

    @TempDir
    Path folder;

    private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);
    private final AdmissionCluster cluster = new AdmissionCluster(
            registry.url(), EmbeddedBrokerOptions.defaults().withSettings(broker()));

    /** A member that died is given up after seconds: the last start would mostly be waiting for that. */
    private static Map<String, String> broker() {
        Map<String, String> settings = new HashMap<>(ImpatientKafka.BROKER);
        settings.put("group.streams.min.session.timeout.ms", "3000");
        settings.put("group.streams.session.timeout.ms", "3000");
        settings.put("group.streams.min.heartbeat.interval.ms", "500");
        settings.put("group.streams.heartbeat.interval.ms", "500");
        return settings;
    }

    @AfterEach
    void stop() {
        cluster.close();
        registry.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void shouldStopAndThenRefuseToStart(String protocol) throws Exception {
        try (ForwarderProcess running = launch("running.log", protocol)) {
            cluster.link("acct_1");
            cluster.publish(event("req-1"));
            cluster.flush();
            await().atMost(LIMIT).until(() -> !running.isAlive() || cluster.size(TOPICS.deliverable()) > 0);

            cluster.admin()
                    .createPartitions(Map.of(TOPICS.events(), NewPartitions.increaseTo(PARTITIONS + 2)))
                    .all()
                    .get(30, TimeUnit.SECONDS);

            assertThat(running.awaitEnd(LIMIT)).as(running::logTail).hasValue(STAGE_DIED);
            assertThat(running.log()).doesNotContain("is replaced");
            assertThat(said(running))
                    .startsWith("usageflow: admission died: stopped: usage.events has 6 partitions now, and had 4 when"
                            + " admission started")
                    .endsWith("the next start explains what to do");
        }

        try (ForwarderProcess again = launch("again.log", protocol)) {
            assertThat(again.awaitEnd(LIMIT)).as(again::logTail).hasValue(NOT_THERE);
            assertThat(said(again))
                    .startsWith("usageflow: usage.events has 6 partitions, but had 4 when admission began to remember"
                            + " by partition (usage.admission-")
                    .contains("make it with 4 partitions again");
        }

        assertThatTheRemedyHelps(protocol);
    }

    private void assertThatTheRemedyHelps(String protocol) throws Exception {
        cluster.publish(event("req-2"), PARTITIONS + 1);
        cluster.flush();
        List<ConsumerRecord<byte[], byte[]>> aside = cluster.read(TOPICS.events());
        cluster.admin().deleteTopics(List.of(TOPICS.events())).all().get(30, TimeUnit.SECONDS);
        await().atMost(LIMIT)
                .until(() -> !cluster.admin().listTopics().names().get().contains(TOPICS.events()));
        TopicCreation.create(cluster.admin(), TOPICS.specs(PARTITIONS, Duration.ofDays(35)));
        aside.forEach(record ->
                cluster.publishRaw(record.partition() % PARTITIONS, new String(record.key(), UTF_8), record.value()));
        cluster.flush();

        try (ForwarderProcess mended = launch("mended.log", protocol)) {
            await().atMost(LIMIT).untilAsserted(() -> {
                assertThat(mended.isAlive()).as(mended::logTail).isTrue();
                LedgerBalance books = LedgerBalance.of(cluster.ledger().read(LIMIT));
                assertThat(books.totals(LedgerBalance.ADMISSION))
                        .containsEntry("received", 3L)
                        .containsEntry("admitted", 2L)
                        .containsEntry("duplicate", 1L);
            });
            assertThat(cluster.read(TOPICS.deliverable()))
                    .extracting(record ->
                            cluster.decode(record, DeliverableEvent.class).getEventId())
                    .containsExactly("req-1", "req-2");
        }
    }

    private static UsageEvent event(String id) {
        UsageEvent event = Events.event(id);
        event.setOccurredAt(Instant.now());
        return event;
    }

    /** The one line for people. */
    private static String said(ForwarderProcess process) {
        List<String> lines = process.log()
                .lines()
                .filter(line -> line.startsWith("usageflow: "))
                .toList();
        assertThat(lines).hasSize(1);
        return lines.get(0);
    }

    private ForwarderProcess launch(String log, String protocol) {
        // With the other protocol it is the broker that says for how long a member may be silent.
        Map<String, String> settings =
                new HashMap<>(protocol.equals("classic") ? ImpatientKafka.ADMISSION : Map.<String, String>of());
        settings.put("kafka.bootstrap.servers", cluster.bootstrapServers());
        settings.put("schema.registry.url", registry.url());
        settings.put("roles", "admission");
        settings.put("state.dir", folder.resolve("state").toString());
        settings.put("streams.group.protocol", protocol);
        // By default it would notice within five minutes.
        settings.put("kafka.metadata.max.age.ms", "1000");
        return ForwarderProcess.launch(folder.resolve(log), settings);
    }
}
