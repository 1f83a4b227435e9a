package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.usageflow.forwarder.credyt.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class FreshnessTest {
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
