package io.usageflow.producer.internal.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.producer.internal.transport.Transport.TopicKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PendingRecordsTest {
    private final PublisherCounters counters = new PublisherCounters();
    private final PendingRecords inFlight = new PendingRecords(counters);

    @Test
    void shouldTellForHowLongTheOldestHasBeenInFlight() {
        assertThat(counters.oldestInFlight()).isZero();
        PendingRecord<String> older = record("a");
        PendingRecord<String> younger = record("b");
        inFlight.add(younger);
        // However coarse the clock is.
        await().atMost(Duration.ofMinutes(1))
                .until(() -> !counters.oldestInFlight().isZero());
        Duration ofYounger = counters.oldestInFlight();

        inFlight.add(older);

        assertThat(counters.oldestInFlight().toNanos())
                .isGreaterThanOrEqualTo(younger.publishedAtNanos() - older.publishedAtNanos() + ofYounger.toNanos());
        inFlight.durable(older);
        inFlight.durable(younger);
        assertThat(counters.oldestInFlight()).isZero();
    }

    private PendingRecord<String> record(String id) {
        return new PendingRecord<>(id, "k", TopicKind.EVENTS.probe(), null, (name, at) -> name, inFlight);
    }
}
