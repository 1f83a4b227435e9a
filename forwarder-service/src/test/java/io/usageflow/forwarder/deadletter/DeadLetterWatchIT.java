package io.usageflow.forwarder.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.testing.AlertRules;
import io.usageflow.forwarder.testing.WrittenTopics;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.SourceCoordinates;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class DeadLetterWatchIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    @AutoClose
    private static EmbeddedBroker broker = EmbeddedBroker.start();

    @AutoClose
    private final WrittenTopics topics = new WrittenTopics(broker.bootstrapServers());

    private final Settings settings = topics.settings(Map.of());

    @AutoClose
    private final KnownMarks marks = new KnownMarks(settings);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void shouldCountWhatNobodyHasAnsweredAndTellTheOldest() {
        String oldest = write("REJECTED", NOW.minusSeconds(7_200));
        write("REJECTED", NOW.minusSeconds(60));
        write("TOO_OLD", NOW.minusSeconds(3_600));
        write("OF_A_LATER_VERSION", NOW.minusSeconds(30));
        var watch = new DeadLetterWatch(
                settings, marks, Duration.ofMillis(100), 0, Clock.fixed(NOW, ZoneOffset.UTC), meters);
        assertThat(open("REJECTED")).isNaN();
        assertThat(gauge("usageflow.dead.letters.oldest.age").value()).isNaN();

        watch.start();
        await().atMost(LIMIT).until(() -> open("REJECTED") == 2);
        assertThat(open("TOO_OLD")).isEqualTo(1);
        assertThat(open("NO_FUNDS")).isZero();
        assertThat(open("other")).isEqualTo(1);
        assertThat(gauge("usageflow.dead.letters.oldest.age").value()).isEqualTo(7_200);
        assertThat(watch.health().detail()).isEqualTo("4 dead letters are open, the oldest since 2026-11-30T10:00:00Z");

        assertThat(watch.last())
                .hasValueSatisfying(count -> assertThat(count.sum()).isEqualTo(4))
                .hasValueSatisfying(count -> assertThat(count.at()).isEqualTo(NOW));

        answer(oldest);
        await().atMost(LIMIT).until(() -> open("REJECTED") == 1);
        assertThat(gauge("usageflow.dead.letters.oldest.age").value()).isEqualTo(3_600);
        watch.close(LIMIT);
        assertThat(meters.getMeters()).isEmpty();
    }

    @Test
    void shouldStayReadyAndGrowOldWhileTheTopicsCannotBeRead() {
        Settings elsewhere = topics.settings(Map.of("topics.prefix", "none"));
        var watch = new DeadLetterWatch(elsewhere, marks, Duration.ofMillis(100), 0, Clock.systemUTC(), meters);
        watch.start();

        await().atMost(LIMIT).until(() -> gauge("usageflow.dead.letters.age").value() > 1);
        assertThat(watch.health().ready()).isTrue();
        assertThat(watch.health().detail()).isEqualTo("not counted yet");
        watch.close(LIMIT);
    }

    @Test
    void shouldHaveTheMetersOfTheAlertRulesUnlessItIsTurnedOff() throws Exception {
        var prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        DeadLetterWatch watch = DeadLetterWatch.of(settings, marks, prometheus).orElseThrow();

        assertThat(AlertRules.served(prometheus)).containsAll(AlertRules.metrics("usageflow_dead_letters_"));
        watch.close(Duration.ofSeconds(1));
        assertThat(DeadLetterWatch.of(topics.settings(Map.of("dead.letters.count.every", "off")), marks, prometheus))
                .isEmpty();
    }

    private double open(String reason) {
        return meters.get("usageflow.dead.letters.open")
                .tag("reason", reason)
                .gauge()
                .value();
    }

    private Gauge gauge(String name) {
        return meters.get(name).gauge();
    }

    /** Returns its id. */
    private String write(String reason, Instant failedAt) {
        String id = UUID.randomUUID().toString();
        topics.write(
                topics.names().deadLetters(),
                "acct_42",
                DeadLetter.newBuilder()
                        .setId(id)
                        .setReason(reason)
                        .setStage("delivery")
                        .setAccountId("acct_42")
                        .setDetail("")
                        .setAttempts(1)
                        .setFirstFailedAt(failedAt)
                        .setLastFailedAt(failedAt)
                        .setSource(new SourceCoordinates("usage.events", 0, 0L, failedAt, null))
                        .setOriginalHeaders(List.of())
                        .setVersion("test")
                        .build());
        return id;
    }

    private void answer(String id) {
        topics.write(
                topics.names().deadLetterMarks(),
                id,
                new DeadLetterMark(id, "REPLAYED", "alice", "fixed", "job", NOW, List.of(), NOW));
    }
}
