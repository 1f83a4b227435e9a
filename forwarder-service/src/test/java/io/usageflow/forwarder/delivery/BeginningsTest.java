package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.LedgerEntry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BeginningsTest {
    private static final TopicPartition PARTITION = new TopicPartition("usage.deliverable", 3);
    private static final Map<String, Long> COUNTED = Map.of("received", 40L, "delivered", 40L);

    private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    private final Map<Integer, LedgerEntry> ledger = new HashMap<>();
    private @Nullable TimeoutException away;
    private boolean rings;
    private long nanos;

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
                Set<TopicPartition> asked, Duration within) {
            if (away != null) {
                throw away;
            }
            return committed;
        }

        @Override
        public synchronized Map<TopicPartition, Long> beginningOffsets(
                Collection<TopicPartition> asked, Duration within) {
            if (rings) {
                rings = false;
                throw new WakeupException();
            }
            return super.beginningOffsets(asked, within);
        }
    };
    private final AssignedPartition partition = new AssignedPartition(PARTITION, 1);
    private final Beginnings beginnings =
            new Beginnings(consumer, () -> ledger, new DeliveryClock(Clock.systemUTC(), () -> nanos));

    @BeforeEach
    void assign() {
        consumer.assign(List.of(PARTITION));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 5L));
        beginnings.assigned(List.of(PARTITION));
    }

    private void read() {
        nanos += Duration.ofSeconds(1).toNanos();
        beginnings.read(List.of(partition));
    }

    private static LedgerEntry entry(@Nullable Long nextOffset) {
        return new LedgerEntry("delivery", 3, COUNTED, Instant.EPOCH, nextOffset);
    }

    @Test
    void shouldGoOnFromTheGroupsOffsetAndItsCountersWhateverTheLedgerSays() {
        var counters = new CommittedCounters(Map.of("received", 7L, "delivered", 7L));
        committed.put(PARTITION, new OffsetAndMetadata(12, counters.format()));
        ledger.put(PARTITION.partition(), entry(50L));

        read();

        assertThat(partition.counters()).isEqualTo(counters);
        assertThat(beginnings.unknown()).isEmpty();
        assertThat(consumer.position(PARTITION))
                .as("left to the group's offset")
                .isEqualTo(5);
    }

    @Test
    void shouldGoOnFromTheLedgerWhereKafkaHasForgottenTheGroupsOffset() {
        ledger.put(PARTITION.partition(), entry(50L));

        read();

        assertThat(consumer.position(PARTITION)).isEqualTo(50);
        assertThat(partition.counters().byKey()).isEqualTo(COUNTED);
    }

    @Test
    void shouldNotGoOnBeforeWhatKafkaStillHas() {
        ledger.put(PARTITION.partition(), entry(2L));

        read();

        assertThat(consumer.position(PARTITION)).isEqualTo(5);
    }

    @Test
    void shouldBeginAtTheBeginningWhereNothingWasEverCommitted() {
        read();
        assertThat(partition.counters()).isEqualTo(CommittedCounters.NONE);
        assertThat(beginnings.unknown()).isEmpty();
    }

    @Test
    void shouldAskAgainWhereTheBellRangBetweenTwoQuestions() {
        rings = true;

        read();

        assertThat(beginnings.unknown()).isEmpty();
    }

    @Test
    void shouldNotReadBeforeTheOffsetsAreKnownAndAskForANewProducerWhereTheyStayUnreadable() {
        away = new TimeoutException("unstable");
        for (int second = 0; second < 29; second++) {
            read();
            assertThat(beginnings.unknown()).containsExactly(PARTITION);
        }

        assertThatThrownBy(this::read).isInstanceOf(LostProducerException.class).hasMessageContaining("transaction");

        away = null;
        read();
        assertThat(beginnings.unknown()).isEmpty();
    }
}
