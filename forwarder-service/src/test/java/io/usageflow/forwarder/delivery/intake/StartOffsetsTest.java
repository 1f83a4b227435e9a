package io.usageflow.forwarder.delivery.intake;

import static io.usageflow.forwarder.testing.WatchedTopics.FIRST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.delivery.commit.OutcomeTransaction.LostProducerException;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.intake.StartOffsets.LogReplacedException;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.partition.CommittedCounters;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.testing.WatchedTopics;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StartOffsetsTest {
    private static final TopicPartition PARTITION = new TopicPartition("usage.deliverable", 3);
    private static final Map<String, Long> COUNTED = Map.of("received", 40L, "delivered", 40L);

    private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    private final Map<Integer, LedgerEntry> ledger = new HashMap<>();
    private @Nullable TimeoutException away;
    private boolean rings;
    private long nanos;

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none") {
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
    private final WatchedTopics topics = new WatchedTopics();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final StartOffsets beginnings = new StartOffsets(
            consumer,
            () -> ledger,
            topics.watch(() -> nanos, PARTITION.topic()),
            new DeliveryMeters(meters),
            new DeliveryClock(Clock.systemUTC(), () -> nanos));

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

    private static LedgerEntry entry(long nextOffset, LogId log) {
        return new LedgerEntry(
                "delivery",
                3,
                COUNTED,
                Instant.EPOCH,
                nextOffset,
                log.isKnown() ? Map.of(PARTITION.topic(), log.text()) : Map.of());
    }

    private void committed(long offset, LogId log) {
        committed.put(PARTITION, new OffsetAndMetadata(offset, new CommittedCounters(COUNTED, log).format()));
    }

    private void beginsAt(long offset) {
        assertThat(beginnings.unknown()).isEmpty();
        assertThat(consumer.position(PARTITION)).isEqualTo(offset);
    }

    private double meter(String name) {
        return meters.get(name).counter().count();
    }

    @ParameterizedTest
    @MethodSource("io.usageflow.forwarder.delivery.intake.StartOffsetsTest#sameOrUnknown")
    void shouldGoOnFromTheGroupsOffsetInTheSameLogAndInOneThatIsUnknown(LogId kept) {
        committed(12, kept);

        read();

        beginsAt(12);
        assertThat(partition.counters().byKey()).isEqualTo(COUNTED);
        assertThat(partition.counters().log())
                .as("adopted where it was unknown")
                .isEqualTo(FIRST);
    }

    @ParameterizedTest
    @MethodSource("io.usageflow.forwarder.delivery.intake.StartOffsetsTest#sameOrUnknown")
    void shouldGoOnFromTheLedgerWhereKafkaHasForgottenTheGroupsOffset(LogId kept) {
        ledger.put(PARTITION.partition(), entry(50, kept));

        read();

        beginsAt(50);
        assertThat(partition.counters().byKey()).isEqualTo(COUNTED);
        assertThat(partition.counters().log()).isEqualTo(FIRST);
    }

    static List<LogId> sameOrUnknown() {
        return List.of(FIRST, LogId.UNKNOWN, new LogId("", FIRST.topic()));
    }

    @ParameterizedTest
    @MethodSource("io.usageflow.forwarder.delivery.intake.StartOffsetsTest#others")
    void shouldBeginAtTheEarliestRecordWhereTheGroupsOffsetIsOfAnotherLog(LogId kept) {
        committed(50, kept);

        read();

        begunInAnotherLog();
    }

    @ParameterizedTest
    @MethodSource("io.usageflow.forwarder.delivery.intake.StartOffsetsTest#others")
    void shouldBeginAtTheEarliestRecordWhereTheLedgersOffsetIsOfAnotherLog(LogId kept) {
        ledger.put(PARTITION.partition(), entry(50, kept));

        read();

        begunInAnotherLog();
    }

    @ParameterizedTest
    @MethodSource("io.usageflow.forwarder.delivery.intake.StartOffsetsTest#others")
    void shouldNotTrustAnOffsetWithoutALogWhereTheLedgerKnowsThatItWasAnother(LogId kept) {
        committed(50, LogId.UNKNOWN);
        ledger.put(PARTITION.partition(), entry(50, kept));

        read();

        begunInAnotherLog();
    }

    static List<LogId> others() {
        return List.of(WatchedTopics.AGAIN, WatchedTopics.MOVED, new LogId("", "log-2"));
    }

    private void begunInAnotherLog() {
        beginsAt(5);
        assertThat(partition.counters().byKey())
                .containsAllEntriesOf(COUNTED)
                .containsEntry("log_replaced", 1L)
                .doesNotContainKey("expired_unread");
        assertThat(partition.counters().log()).isEqualTo(FIRST);
        assertThat(partition.ledger().hasProgress())
                .as("committed although nothing comes, so that it is counted once")
                .isTrue();
        assertThat(meter("usageflow.delivery.logs.replaced")).isEqualTo(1);
    }

    @Test
    void shouldSayHowManyExpiredUnreadAndReadFromTheFirstThatIsLeft() {
        committed(2, FIRST);

        read();

        beginsAt(5);
        assertThat(partition.counters().byKey()).containsAllEntriesOf(COUNTED).containsEntry("expired_unread", 3L);
        assertThat(partition.ledger().hasProgress())
                .as("committed although nothing comes, so that it is counted once")
                .isTrue();
        assertThat(meter("usageflow.delivery.expired.unread")).isEqualTo(3);
    }

    @Test
    void shouldSayItAlsoWhereTheLedgerKnowsTheOffset() {
        ledger.put(PARTITION.partition(), entry(2, FIRST));

        read();

        beginsAt(5);
        assertThat(partition.counters().byKey()).containsEntry("expired_unread", 3L);
    }

    @Test
    void shouldBeginAtTheBeginningWhereNothingWasEverCommitted() {
        read();

        beginsAt(5);
        assertThat(partition.counters()).isEqualTo(CommittedCounters.NONE.in(FIRST));
    }

    @Test
    void shouldBeginAtTheEarliestRecordWhereTheLogWasCut() {
        committed(50, FIRST);
        beginnings.cut(List.of(PARTITION));

        read();

        beginsAt(5);
        assertThat(partition.counters().byKey()).containsEntry("log_replaced", 1L);
    }

    @Test
    void shouldNoticeThatTheTopicIsMadeAgainWhileItIsRead() {
        committed(12, FIRST);
        read();
        beginnings.requireSameLogs(List.of(partition));

        topics.become(WatchedTopics.AGAIN);
        nanos += Duration.ofSeconds(6).toNanos();

        assertThatThrownBy(() -> beginnings.requireSameLogs(List.of(partition)))
                .isInstanceOf(LogReplacedException.class)
                .hasMessageContaining("log-1")
                .hasMessageContaining("log-2");
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
