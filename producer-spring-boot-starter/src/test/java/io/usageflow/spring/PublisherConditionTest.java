package io.usageflow.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.PublisherStatistics;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.SpoolStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class PublisherConditionTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private static final Numbers IDLE = new Numbers(0, 0, Duration.ZERO);

    private final UsageflowProperties properties = new Binder(new MapConfigurationPropertySource(Map.of(
                    "usageflow.publish.buffer-size", "1MB",
                    "usageflow.publish.max-event-size", "256KB",
                    "usageflow.health.max-event-age", "30s")))
            .bindOrCreate("usageflow", UsageflowProperties.class);

    @Test
    void shouldBeWellWhileAnEventCanBeTaken() {
        PublisherCondition condition = condition(new Numbers(3, 786_432, Duration.ofSeconds(30)));

        assertThat(condition.trouble()).isEmpty();
        assertThat(condition.details())
                .containsEntry("inFlight", 3L)
                .containsEntry("inFlightBytes", 786_432L)
                .containsEntry("oldestInFlightSeconds", 30L)
                .doesNotContainKeys("spoolEvents", "because");
    }

    @Test
    void shouldTellThatTheBufferIsFull() {
        PublisherCondition condition = condition(new Numbers(3, 786_433, Duration.ZERO));

        assertThat(condition.trouble()).get().asString().contains("usageflow.publish.buffer-size");
        assertThat(condition.details()).containsKey("because");
    }

    @Test
    void shouldTellThatAnEventHasWaitedTooLong() {
        assertThat(condition(new Numbers(3, 1, Duration.ofSeconds(31))).trouble())
                .get()
                .asString()
                .contains("usageflow.health.max-event-age=PT30S");
        assertThat(condition(IDLE, spool(7, 99, Optional.of(NOW.minusSeconds(31)))))
                .satisfies(condition -> assertThat(condition.trouble()).isPresent())
                .satisfies(condition -> assertThat(condition.details())
                        .containsEntry("spoolEvents", 7L)
                        .containsEntry("oldestInSpoolSeconds", 31L));
    }

    @Test
    void shouldTellThatTheSpoolIsFull() {
        assertThat(condition(IDLE, spool(7, 737_280, Optional.empty())).trouble())
                .isEmpty();
        assertThat(condition(IDLE, spool(7, 800_000, Optional.empty())).trouble())
                .get()
                .asString()
                .contains("usageflow.spool.max-size", "1000000");
    }

    private PublisherCondition condition(PublisherStatistics statistics) {
        return PublisherCondition.of(statistics, Optional.empty(), properties, NOW);
    }

    private PublisherCondition condition(PublisherStatistics statistics, SpoolStatus spool) {
        return PublisherCondition.of(statistics, Optional.of(spool), properties, NOW);
    }

    private static SpoolStatus spool(long events, long bytes, Optional<Instant> oldest) {
        return new SpoolStatus(Path.of("spool"), events, bytes, 1_000_000, oldest, 0, 0, 0, Optional.empty());
    }

    private record Numbers(long inFlight, long inFlightBytes, Duration oldestInFlight) implements PublisherStatistics {
        @Override
        public long published() {
            return inFlight;
        }

        @Override
        public long durable() {
            return 0;
        }

        @Override
        public long refused(RefusalReason reason) {
            return 0;
        }

        @Override
        public long suspectIds() {
            return 0;
        }

        @Override
        public void onDurable(LongConsumer latencyNanos) {}
    }
}
