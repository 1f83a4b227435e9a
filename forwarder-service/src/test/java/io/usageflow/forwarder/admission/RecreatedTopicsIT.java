package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.AdmissionCluster.PARTITIONS;
import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.delivery.Delivery;
import io.usageflow.forwarder.delivery.Delivery.DeliveryConnections;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.doctor.CheckResult.CheckStatus;
import io.usageflow.forwarder.doctor.check.ForwarderChecks;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka forgets: topics are deleted and created again, and records are deleted before they were read, while the forwarder is
 * down and while it runs. What the siblings do is tabled in {@code SourcePositionsTest} and in docs/runbook.md.
 */
class RecreatedTopicsIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final String REGISTRY = "mock://recreated-topics";
    private static final int EACH = 25;

    @TempDir
    Path folder;

    private final AdmissionCluster cluster = new AdmissionCluster(REGISTRY, EmbeddedBrokerOptions.defaults());
    private final CredytSandbox credyt =
            CredytSandbox.start(SandboxOptions.defaults().withSeed(SandboxSeed.dev()));
    private final Set<String> published = new TreeSet<>();

    @AfterEach
    void stop() {
        cluster.close();
        credyt.close();
    }

    @Test
    void shouldNeitherSkipNorHideAnything() throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            link(Events.accountOfPartition(partition, PARTITIONS));
        }
        publish("first");
        deliver(admit());
        assertThat(books().findings()).isEmpty();

        makeAgain(TOPICS.deliverable());
        publish("second");
        admit().close(STOP);
        assertThat(doctor()).anyMatch(finding -> finding.detail().contains("usage.deliverable was made again"));
        deliver();
        assertThat(counter(LedgerBalance.DELIVERY, LedgerCounter.LOG_REPLACED)).isEqualTo(PARTITIONS);
        assertThat(books().findings())
                .as("all of the old topic was delivered, and all of the new one")
                .isEmpty();

        makeAgain(TOPICS.events());
        publish("third");
        deliver(admit());
        assertThat(counter(LedgerBalance.ADMISSION, LedgerCounter.LOG_REPLACED)).isEqualTo(PARTITIONS);
        assertThat(books().findings()).isEmpty();

        loseUnread();
    }

    /** Four events of each partition expire while the forwarder is down, and a deliverable one while only delivery is. */
    private void loseUnread() throws Exception {
        Map<TopicPartition, Long> ends = ends(TOPICS.events());
        List<UsageEvent> doomed = new ArrayList<>();
        for (int i = 0; i < 4 * PARTITIONS; i++) {
            doomed.add(event("doomed-" + i, i % PARTITIONS));
        }
        doomed.forEach(cluster::publish);
        cluster.flush();
        ends.replaceAll((partition, end) -> end + 4);
        delete(ends);
        assertThat(doctor())
                .filteredOn(finding -> finding.verdict() == CheckStatus.FAIL)
                .extracting(CheckResult::detail)
                .anyMatch(detail -> detail.contains("usage.events, partition 3: Kafka deleted up to 4 records"));

        Admission counting = admit();
        await("told although nothing comes after them")
                .atMost(LIMIT)
                .until(() -> counter(LedgerBalance.ADMISSION, LedgerCounter.EXPIRED_UNREAD) == 4 * PARTITIONS);
        counting.close(STOP);
        publish("fourth");
        Admission again = admit();
        awaitUpkeep();
        deliver(again);
        assertThat(counter(LedgerBalance.ADMISSION, LedgerCounter.EXPIRED_UNREAD))
                .as("and once, however often it is started")
                .isEqualTo(4 * PARTITIONS);
        assertThat(books().findings())
                .as("the books name them")
                .hasSize(PARTITIONS)
                .allMatch(finding -> finding.kind() == LedgerBalance.Finding.Kind.EXPIRED_UNREAD);
        assertThat(cluster.meters
                        .get("usageflow.admission.expired.unread")
                        .tag("topic", TOPICS.events())
                        .counter()
                        .count())
                .isEqualTo(4 * PARTITIONS);

        Map<TopicPartition, Long> read = ends(TOPICS.deliverable());
        cluster.publish(event("doomed-too", 1));
        cluster.flush();
        Admission admission = admit();
        await().atMost(LIMIT).until(() -> books().inFlight() == 1);
        admission.close(STOP);
        read.replaceAll((partition, end) -> -1L); // all that there is
        delete(read);
        deliver(admit());
        assertThat(counter(LedgerBalance.DELIVERY, LedgerCounter.EXPIRED_UNREAD))
                .as("at most: the marker of its transaction counts too")
                .isBetween(1L, 2L);
        assertThat(books().inFlight()).as("for ever").isEqualTo(1);
    }

    private void publish(String name) {
        for (int i = 0; i < EACH * PARTITIONS; i++) {
            UsageEvent event = event(name + "-" + i, i % PARTITIONS);
            published.add(event.getId());
            cluster.publish(event);
        }
        cluster.flush();
    }

    private static UsageEvent event(String id, int partition) {
        UsageEvent event = Events.eventCosting(id);
        event.setAccountId(Events.accountOfPartition(partition, PARTITIONS));
        event.setOccurredAt(Instant.now());
        return event;
    }

    private void link(String account) {
        CustomerLink link = new CustomerLink(account, AdmissionDriver.reference("acct_1"), Instant.now());
        cluster.linkRaw(account, cluster.encode(TOPICS.customerLinks(), link));
        cluster.flush();
    }

    /** Until it has read to the end. */
    private Admission admit() {
        Admission admission = cluster.admission(folder);
        admission.start();
        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(admission.health().ready())
                    .as(admission.health().detail())
                    .isTrue();
            assertThat(books().total(LedgerBalance.ADMISSION, LedgerCounter.ADMITTED))
                    .isGreaterThanOrEqualTo(published.size());
        });
        return admission;
    }

    /** What expires is counted by a task's upkeep, where nothing else is committed: it must not be counted again. */
    private static void awaitUpkeep() {
        await().pollDelay(AdmissionProcessor.UPKEEP_EVERY.plusSeconds(2)).until(() -> true);
    }

    private void deliver(Admission admission) {
        deliver();
        admission.close(STOP);
    }

    private void deliver() {
        var config = new AbstractConfig(
                Settings.definition(),
                Map.of(CredytSettings.URL, credyt.url().toString(), CredytSettings.API_KEY, "test"),
                false);
        var delivery = new Delivery(
                DeliverySettings.from(config),
                CredytSettings.from(config),
                new DeliveryConnections(
                        TOPICS,
                        cluster.kafka(),
                        Map.of("schema.registry.url", REGISTRY, "auto.register.schemas", "true"),
                        "one"),
                new SimpleMeterRegistry());
        delivery.start();
        try {
            await().atMost(LIMIT).untilAsserted(() -> {
                assertThat(delivery.health().ready())
                        .as(delivery.health().detail())
                        .isTrue();
                assertThat(receipts()).containsAll(published);
            });
            await().atMost(LIMIT)
                    .until(() -> books().total(LedgerBalance.DELIVERY, LedgerCounter.DELIVERED) >= published.size());
        } finally {
            delivery.close(STOP);
        }
        assertThat(receipts()).isEqualTo(published);
    }

    private Set<String> receipts() {
        return cluster.read(TOPICS.receipts()).stream()
                .map(record -> cluster.decode(record, Receipt.class).getEventId())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private LedgerBalance books() {
        return LedgerBalance.of(cluster.ledger().read(LIMIT));
    }

    private long counter(String stage, LedgerCounter counter) {
        return books().total(stage, counter);
    }

    private void makeAgain(String topic) throws Exception {
        cluster.admin().deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
        await().atMost(LIMIT)
                .until(() -> !cluster.admin().listTopics().names().get().contains(topic));
        TopicCreation.create(cluster.admin(), TOPICS.specs(PARTITIONS, Duration.ofDays(35)));
    }

    private Map<TopicPartition, Long> ends(String topic) {
        List<Long> sizes = cluster.sizes(topic);
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (int partition = 0; partition < sizes.size(); partition++) {
            ends.put(new TopicPartition(topic, partition), sizes.get(partition));
        }
        return ends;
    }

    private void delete(Map<TopicPartition, Long> before) throws Exception {
        Map<TopicPartition, RecordsToDelete> records = new HashMap<>();
        before.forEach((partition, offset) -> records.put(partition, RecordsToDelete.beforeOffset(offset)));
        cluster.admin().deleteRecords(records).all().get(30, TimeUnit.SECONDS);
    }

    private List<CheckResult> doctor() throws InterruptedException {
        Map<String, String> settings = new HashMap<>();
        settings.put("kafka.bootstrap.servers", cluster.bootstrapServers());
        settings.put("schema.registry.url", REGISTRY);
        settings.put("state.dir", folder.toString());
        settings.put("credyt.url", credyt.url().toString());
        settings.put("credyt.api.key", "test");
        return ForwarderChecks.of(ConfigSources.none().with(settings, "test")).stream()
                .filter(finding -> finding.check().equals("unread"))
                .toList();
    }
}
