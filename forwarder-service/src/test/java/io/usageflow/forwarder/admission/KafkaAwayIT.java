package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.admission.streams.AdmissionContext;
import io.usageflow.schema.UsageEvent;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop keeps its bound where nobody answers, as on the day of a network failure. */
class KafkaAwayIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration BOUND = Duration.ofSeconds(3);
    /** Thirty seconds, and what a busy machine takes. */
    private static final Duration NOTICED = Duration.ofSeconds(45);
    /** For what the bound does not cover: a machine that is busy. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    @TempDir
    Path folder;

    @Test
    void shouldStopWithinItsBoundWhenKafkaHasGone() {
        Admission admission;
        try (AdmissionCluster cluster = new AdmissionCluster("mock://" + UUID.randomUUID())) {
            cluster.link("acct_1");
            admission = cluster.admission(folder);
            admission.start();
            await().atMost(LIMIT).until(() -> admission.health().ready());
            for (int i = 0; i < 1000; i++) {
                UsageEvent event = Events.event("req-" + i);
                event.setOccurredAt(Instant.now());
                cluster.publish(event);
            }
            cluster.flush();
            await().atMost(LIMIT).until(() -> !cluster.read(AdmissionCluster.TOPICS.deliverable())
                    .isEmpty());
        }

        await().atMost(NOTICED).until(() -> !admission.health().ready());
        assertThat(admission.health().live()).as("it waits").isTrue();
        assertThat(admission.health().detail()).contains("Kafka has not answered");

        assertThat(stopping(admission)).isLessThan(BOUND.plus(GRACE));
        assertThat(admission.health().ready()).isFalse();
    }

    @Test
    void shouldStopAtOnceWhereKafkaHasNeverAnswered() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Admission admission = new Admission(
                    AdmissionDriver.settings(),
                    new AdmissionContext(
                            AdmissionCluster.TOPICS,
                            Map.of("bootstrap.servers", "127.0.0.1:" + silent.getLocalPort()),
                            Map.of(),
                            Map.of("schema.registry.url", "mock://" + UUID.randomUUID()),
                            folder),
                    new SimpleMeterRegistry());
            admission.start();
            await().atMost(LIMIT).until(() -> admission.health().detail().contains("kafka.bootstrap.servers"));
            assertThat(admission.health().live()).as("it waits").isTrue();

            assertThat(stopping(admission)).isLessThan(BOUND.plus(GRACE));
        }
    }

    private static Duration stopping(Admission admission) {
        long before = System.nanoTime();
        admission.close(BOUND);
        return Duration.ofNanos(System.nanoTime() - before);
    }
}
