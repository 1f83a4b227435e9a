package io.usageflow.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.Uuids;
import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventFeedTest {
    private static final Map<String, String> REGISTRY = Map.of("schema.registry.url", "mock://event-feed");

    @ParameterizedTest
    @EnumSource(EventIds.Kind.class)
    void shouldMakeEventsThatAdmissionTakes(EventIds.Kind kind) {
        EventFeed feed = new EventFeed("feed.events", kind, 1, REGISTRY);
        try (Deserializer<UsageEvent> decoder = AvroSerdes.valueDeserializer(REGISTRY, UsageEvent.class)) {
            for (int i = 0; i < 1000; i++) {
                ProducerRecord<byte[], byte[]> made = feed.next();

                UsageEvent event = decoder.deserialize("feed.events", made.value());
                assertThat(EventRules.violations(event)).isEmpty();
                assertThat(event.getAccountId()).isEqualTo(new String(made.key(), UTF_8));
                assertThat(UUID.fromString(event.getId()).version()).isEqualTo(kind == EventIds.Kind.V7 ? 7 : 4);
                assertThat(event.getOccurredAt()).isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now());
                assertThat(event.getData()).hasSize(4);
                assertThat(event.getCosts()).hasSize(1);
                assertThat(made.value().length).isBetween(300, 340);
            }
        }
    }

    @Test
    void shouldMakeNoOldEventsAfterARest() {
        AtomicLong clock = new AtomicLong(System.currentTimeMillis());
        EventFeed feed = new EventFeed("feed.events", EventIds.Kind.V7, 4, REGISTRY, clock::get);
        try (Deserializer<UsageEvent> decoder = AvroSerdes.valueDeserializer(REGISTRY, UsageEvent.class)) {
            for (int rest = 0; rest < 20; rest++) {
                for (int i = 0; i < 500; i++) {
                    Instant freshest =
                            Instant.ofEpochMilli(clock.get() - EventFeed.REPEAT_AGE_MAX - EventFeed.TEMPLATES_AGE_MAX);
                    UsageEvent event =
                            decoder.deserialize("feed.events", feed.next().value());
                    assertThat(event.getOccurredAt()).isBetween(freshest, Instant.ofEpochMilli(clock.get()));
                    assertThat(Uuids.parse(event.getId()).flatMap(Uuids::timeOf))
                            .hasValueSatisfying(time -> assertThat(time).isAfterOrEqualTo(freshest));
                    clock.addAndGet(1);
                }
                clock.addAndGet(60_000);
            }
        }

        assertThat(feed.distinct()).as("repeats, too").isLessThan(feed.made());
    }

    @Test
    void shouldRepeatOneInFifty() {
        EventFeed feed = new EventFeed("feed.events", EventIds.Kind.V7, 2, REGISTRY, () -> 0);
        Set<UUID> ids = new HashSet<>();
        try (Deserializer<UsageEvent> decoder = AvroSerdes.valueDeserializer(REGISTRY, UsageEvent.class)) {
            for (int i = 0; i < 20_000; i++) {
                ids.add(Uuids.parse(
                                decoder.deserialize("feed.events", feed.next().value())
                                        .getId())
                        .orElseThrow());
            }
        }

        assertThat(feed.made()).isEqualTo(20_000);
        assertThat(feed.distinct()).isEqualTo(ids.size()).isBetween(19_500L, 19_700L);
    }

    @Test
    void shouldGiveTheTopAccountATenthOfTheEvents() {
        EventFeed feed = new EventFeed("feed.events", EventIds.Kind.V4, 3, REGISTRY, () -> 0);
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            keys.add(new String(feed.next().key(), UTF_8));
        }

        assertThat(keys.stream().filter(Accounts.name(0)::equals).count()).isBetween(1_800L, 2_300L);
        assertThat(Set.copyOf(keys)).hasSizeGreaterThan(3_000);
    }
}
