package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.testing.AlertDrill;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreshnessTest {
    private static final Duration EVERY = Duration.ofSeconds(10);

    /**
     * Delivery as Credyt is there, away for ten of twelve minutes, and there again, evaluated by Prometheus with the
     * rules that we ship.
     */
    @Test
    void shouldFireTheAlertWhileEventsReachCredytLate(@TempDir Path folder) throws Exception {
        var prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var away = new AtomicBoolean();
        var drill = new AlertDrill("UsageflowEventsLate");
        var delivery = new SimulatedDelivery(
                Map.of(),
                ids -> away.get() ? new Answer.Response(503, Map.of(), "", false) : SimulatedDelivery.ACCEPTED,
                id -> {
                    throw new IllegalStateException("no answer is unclear: " + id);
                },
                prometheus);
        drill.begin(prometheus.scrape());
        for (String phase : List.of("well", "late", "well again")) {
            for (int minute = 0; minute < 120; minute++) {
                away.set(phase.equals("late") && minute % 12 < 10);
                for (int i = 0; i < 6; i++) {
                    delivery.arriveFresh("customer", phase + minute + "-" + i).run(EVERY);
                }
            }
            drill.phase(120, prometheus.scrape(), phase.equals("late"));
        }
        assertThat(delivery.waiting()).isEmpty();

        drill.evaluate(folder);
    }

    @Test
    void shouldMeasureFromPublishToAcceptance() {
        var away = new AtomicBoolean(true);
        var delivery = new SimulatedDelivery(
                Map.of(),
                ids -> away.get() ? new Answer.Response(503, Map.of(), "", false) : SimulatedDelivery.ACCEPTED);
        Timer freshness = delivery.registry.get("usageflow.delivery.freshness").timer();

        delivery.arrive("c", "event").run(Duration.ofMinutes(10));
        assertThat(freshness.count()).as("nothing is accepted yet").isZero();

        away.set(false);
        delivery.run(Duration.ofMinutes(2));

        assertThat(freshness.count()).isEqualTo(1);
        // The fixture was published at the epoch, and the simulation begins at this time.
        Duration after = Duration.ofMillis((long) freshness.totalTime(TimeUnit.MILLISECONDS))
                .minus(Duration.between(Instant.EPOCH, Instant.parse("2026-11-29T00:00:00Z")));
        assertThat(after).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(12));
    }
}
