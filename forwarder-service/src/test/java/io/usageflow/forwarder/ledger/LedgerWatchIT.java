package io.usageflow.forwarder.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.ledger.ReconcileEntry.Check;
import io.usageflow.forwarder.testing.AlertDrill;
import io.usageflow.forwarder.testing.AlertRules;
import io.usageflow.forwarder.testing.WrittenTopics;
import io.usageflow.schema.LedgerEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerWatchIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Map<String, Long> ADMITTING = Map.of("received", 9L, "admitted", 8L, "duplicate", 1L);

    @AutoClose
    private static EmbeddedBroker broker = EmbeddedBroker.start();

    @TempDir
    private Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private WrittenTopics topics;
    private LedgerWatch watch;

    @BeforeEach
    void startWatch() {
        topics = new WrittenTopics(broker.bootstrapServers());
        Settings settings = topics.settings(Map.of());
        watch = new LedgerWatch(
                () -> new LedgerFollower(
                        topics.names().ledger(),
                        settings.kafka().client(),
                        settings.registry().serde()),
                Duration.ofMillis(100),
                meters);
    }

    @AfterEach
    void stopWatch() {
        watch.close(Duration.ofSeconds(10));
        topics.close();
        assertThat(meters.getMeters()).isEmpty();
    }

    @Test
    void shouldShowAnImbalanceAndThatItIsGone() {
        counted("admission", 0, ADMITTING);
        counted("delivery", 0, Map.of("received", 5L, "delivered", 5L));
        watch.start();
        await().atMost(LIMIT).until(() -> gauge("usageflow.ledger.in.flight") == 3);
        await().atMost(LIMIT).until(() -> watch.health().detail().equals("the books balance"));
        assertThat(imbalance("outcomes")).isEqualTo(0);

        counted("delivery", 0, Map.of("received", 7L, "delivered", 5L));
        await().atMost(LIMIT).until(() -> imbalance("outcomes") == 2);
        assertThat(watch.health().ready()).as("no event waits for it").isTrue();
        assertThat(watch.health().detail()).contains("delivery, partition 0: received is 2 more");

        counted("delivery", 0, Map.of("received", 7L, "delivered", 7L));
        await().atMost(LIMIT).until(() -> imbalance("outcomes") == 0);
    }

    /** The meters of a forwarder at work, evaluated by Prometheus with the rules that we ship. */
    @Test
    void shouldFireTheAlertWhileTheBooksDoNotBalance() throws Exception {
        var prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var drill = new AlertDrill("UsageflowLedgerImbalance");
        Settings settings = topics.settings(Map.of());
        var drilled = new LedgerWatch(
                () -> new LedgerFollower(
                        topics.names().ledger(),
                        settings.kafka().client(),
                        settings.registry().serde()),
                Duration.ofMillis(100),
                prometheus);
        counted("admission", 0, ADMITTING);
        counted("delivery", 0, Map.of("received", 5L, "delivered", 5L));
        drilled.start();
        await().atMost(LIMIT).until(() -> drilled.health().detail().equals("the books balance"));
        drill.phase(30, prometheus.scrape(), false);

        counted("delivery", 0, Map.of("received", 7L, "delivered", 5L));
        await().atMost(LIMIT).until(() -> drilled.health().detail().contains("do not balance"));
        drill.phase(30, prometheus.scrape(), true);

        counted("delivery", 0, Map.of("received", 7L, "delivered", 7L));
        await().atMost(LIMIT).until(() -> drilled.health().detail().equals("the books balance"));
        drill.phase(30, prometheus.scrape(), false);
        drilled.close(Duration.ofSeconds(10));

        drill.evaluate(folder);
    }

    @Test
    void shouldSayThatDeliveryIsAheadOnlyWhereItStays() {
        counted("delivery", 1, Map.of("received", 9L, "delivered", 9L));
        watch.start();
        await().atMost(LIMIT).until(() -> imbalance("ahead") == 9);

        counted("admission", 1, Map.of("received", 9L, "admitted", 9L));
        await().atMost(LIMIT).until(() -> imbalance("ahead") == 0);
        assertThat(gauge("usageflow.ledger.in.flight")).isEqualTo(0);
    }

    @Test
    void shouldCountRubbishAndGoOn() {
        watch.start();
        topics.write(topics.names().ledger(), "admission-0", new byte[] {1, 2, 3}, Map.of());
        await().atMost(LIMIT).until(() -> imbalance("unreadable") == 1);

        counted("admission", 0, ADMITTING);
        await().atMost(LIMIT).until(() -> imbalance("unreadable") == 0);
        await().atMost(LIMIT).until(() -> gauge("usageflow.ledger.in.flight") == 8);
    }

    @Test
    void shouldBeginAgainWhereTheTopicWasMadeAgain() throws Exception {
        counted("admission", 0, ADMITTING);
        counted("admission", 0, ADMITTING);
        watch.start();
        await().atMost(LIMIT).until(() -> gauge("usageflow.ledger.in.flight") == 8);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.deleteTopics(List.of(topics.names().ledger())).all().get();
            await().atMost(LIMIT).until(() -> gauge("usageflow.ledger.age") > 1);
            TopicCreation.create(
                    broker.bootstrapServers(),
                    topics.names().specs(WrittenTopics.PARTITIONS, Duration.ofDays(35)).stream()
                            .filter(spec -> spec.name().equals(topics.names().ledger()))
                            .toList());
        }
        await().atMost(LIMIT).until(() -> gauge("usageflow.ledger.in.flight") == 0);
        counted("admission", 2, Map.of("received", 1L, "admitted", 1L));
        await().atMost(LIMIT).until(() -> gauge("usageflow.ledger.in.flight") == 1);
    }

    @Test
    void shouldShowTheLastReconciliationAndLeaveItOutOfTheBooks() {
        Settings settings = topics.settings(Map.of());
        counted("admission", 0, ADMITTING);
        watch.start();
        await().atMost(LIMIT).until(() -> gauge("usageflow.ledger.in.flight") == 8);
        assertThat(reconciled("findings", "receipts")).isNaN();
        assertThat(reconciled("age", "receipts")).isNaN();

        assertThat(ended(Check.RECEIPTS, 3).write(settings)).isEmpty();
        await().atMost(LIMIT).until(() -> reconciled("findings", "receipts") == 3);
        assertThat(reconciled("age", "receipts")).isBetween(3_600.0, 7_200.0);
        assertThat(reconciled("findings", "lists")).isNaN();

        assertThat(ended(Check.RECEIPTS, 0).write(settings)).isEmpty();
        assertThat(ended(Check.LISTS, 1).write(settings)).isEmpty();
        await().atMost(LIMIT).until(() -> reconciled("findings", "lists") == 1);
        assertThat(reconciled("findings", "receipts")).isZero();
        assertThat(gauge("usageflow.ledger.in.flight")).isEqualTo(8);
        assertThat(watch.health().detail()).isEqualTo("the books balance");
    }

    /** An hour ago. */
    private static ReconcileEntry ended(Check check, long findings) {
        Instant now = Instant.now().minusSeconds(3_600).truncatedTo(ChronoUnit.MILLIS);
        return new ReconcileEntry(check, now.minusSeconds(60), now, now, findings, Map.of("missing", findings));
    }

    private double reconciled(String meter, String check) {
        return meters.get("usageflow.reconcile." + meter)
                .tag("check", check)
                .gauge()
                .value();
    }

    @Test
    void shouldHaveTheMetersOfTheAlertRules() throws Exception {
        var prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        LedgerWatch ofTheSettings = LedgerWatch.of(topics.settings(Map.of()), prometheus);

        assertThat(AlertRules.served(prometheus))
                .containsAll(AlertRules.metrics("usageflow_ledger_"))
                .containsAll(AlertRules.metrics("usageflow_reconcile_"));

        ofTheSettings.close(Duration.ofSeconds(1));
    }

    private void counted(String stage, int partition, Map<String, Long> counters) {
        topics.write(
                topics.names().ledger(),
                stage + "-" + partition,
                new LedgerEntry(stage, partition, counters, Instant.EPOCH, null, Map.of()));
    }

    private double imbalance(String kind) {
        return meters.get("usageflow.ledger.imbalance")
                .tag("kind", kind)
                .gauge()
                .value();
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }
}
