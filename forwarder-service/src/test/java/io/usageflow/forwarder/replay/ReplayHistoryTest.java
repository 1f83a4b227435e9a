package io.usageflow.forwarder.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.Fix;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;

class ReplayHistoryTest {
    private static final Map<String, String> REGISTRY = Map.of("schema.registry.url", "mock://replay-history");
    private static final Instant FIRST = Instant.parse("2026-11-30T12:00:00Z");

    private final Serializer<DeadLetterMark> serializer = AvroSerdes.valueSerializer(REGISTRY);
    private final AtomicInteger allowed = new AtomicInteger(1_000_000);
    private final ReplayHistory.Reading reading = new ReplayHistory.Reading(
            new OwnTopicDecoder<>(REGISTRY, DeadLetterMark.class), () -> allowed.decrementAndGet() > 0);
    private int offset;

    @Test
    void shouldShowWhatEachJobDidTheLatestFirst() {
        read(mark("one", "REPLAYED", "fixed", FIRST, List.of()));
        read(mark("two", "DISCARDED", "a test", FIRST.plusSeconds(10), List.of()));
        read(mark("one", "REPLAYED", "fixed", FIRST.plusSeconds(5), List.of(new Fix("subject", null, "x"))));
        read(mark("one", "DISCARDED", "fixed", FIRST.minusSeconds(5), List.of()));

        assertThat(reading.history(10))
                .isEqualTo(new ReplayHistory(
                        true,
                        4,
                        0,
                        0,
                        List.of(
                                new ReplayHistory.Job(
                                        "two",
                                        "alice",
                                        "a test",
                                        Map.of("DISCARDED", 1L),
                                        0,
                                        FIRST.plusSeconds(10),
                                        FIRST.plusSeconds(10)),
                                new ReplayHistory.Job(
                                        "one",
                                        "alice",
                                        "fixed",
                                        Map.of("REPLAYED", 2L, "DISCARDED", 1L),
                                        1,
                                        FIRST.minusSeconds(5),
                                        FIRST.plusSeconds(5)))));
        assertThat(reading.history(1).omitted()).isEqualTo(1);
    }

    @Test
    void shouldStayBoundedAndKeepTheLatestJobs() {
        for (int i = 0; i <= 20_000; i++) {
            read(mark("job-" + i, "REPLAYED", "why", FIRST.plusSeconds(i), List.of()));
        }

        ReplayHistory history = reading.history(1);

        assertThat(history.omitted()).isEqualTo(20_000);
        assertThat(history.jobs()).extracting(ReplayHistory.Job::job).containsExactly("job-20000");
    }

    @Test
    void shouldCountWhatIsNoMarkAndSayThatItStopped() {
        reading.visit(new ConsumerRecord<>("marks", 0, 0, "a".getBytes(UTF_8), new byte[] {1, 2, 3}));
        reading.visit(new ConsumerRecord<>("marks", 0, 1, "b".getBytes(UTF_8), null));
        allowed.set(1);
        assertThat(read(mark("one", "REPLAYED", "why", FIRST, List.of()))).isFalse();

        ReplayHistory history = reading.history(1);

        assertThat(history.complete()).isFalse();
        assertThat(history.marks()).isEqualTo(1);
        assertThat(history.unreadable()).isEqualTo(1);
    }

    private boolean read(DeadLetterMark mark) {
        return reading.visit(new ConsumerRecord<>(
                "marks", 0, offset++, mark.getDeadLetterId().getBytes(UTF_8), serializer.serialize("marks", mark)));
    }

    private static DeadLetterMark mark(String job, String state, String why, Instant at, List<Fix> fixes) {
        return new DeadLetterMark("id-" + at, state, "alice", why, job, at, fixes, null);
    }
}
