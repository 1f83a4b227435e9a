package io.usageflow.forwarder.admission.source;

import static io.usageflow.forwarder.testing.WatchedTopics.FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.source.SourceOffsets.Expired;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Streams' consumer does where Kafka has no record at its position. */
class SourceOffsetsTest {
    private static final TopicPartition EVENTS = new TopicPartition("usage.events", 2);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final SourceOffsets offsets = new SourceOffsets();
    private final List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();

    @BeforeEach
    void assign() {
        consumer.assign(List.of(EVENTS));
        consumer.updateBeginningOffsets(Map.of(EVENTS, 5L));
        consumer.seek(EVENTS, 9);
    }

    private void poll() {
        offsets.poll(consumer, Duration.ZERO, consumer::poll).forEach(read::add);
    }

    private void gone(long position) {
        consumer.setPollException(new OffsetOutOfRangeException(Map.of(EVENTS, position)));
        poll();
    }

    private void arrive(long offset, long epochMillis) {
        consumer.addRecord(new ConsumerRecord<>(
                EVENTS.topic(),
                EVENTS.partition(),
                offset,
                epochMillis,
                org.apache.kafka.common.record.TimestampType.LOG_APPEND_TIME,
                0,
                0,
                new byte[0],
                new byte[0],
                new org.apache.kafka.common.header.internals.RecordHeaders(),
                java.util.Optional.empty()));
    }

    private static SourcePosition position(OptionalLong next) {
        return new SourcePosition(FIRST, next, 0);
    }

    @Test
    void shouldReadFromTheGroupsOffsetWhereTheLogIsTheSame() {
        offsets.begin(EVENTS, position(OptionalLong.of(7)));
        poll();
        assertThat(consumer.position(EVENTS)).isEqualTo(9);
    }

    @Test
    void shouldReadFromTheEarliestRecordWhereNothingOfThisLogWasRead() {
        offsets.begin(EVENTS, position(OptionalLong.of(SourcePosition.NONE_READ)));
        poll();
        assertThat(consumer.position(EVENTS)).isEqualTo(5);

        consumer.seek(EVENTS, 8);
        poll();
        assertThat(consumer.position(EVENTS)).as("once").isEqualTo(8);
    }

    @Test
    void shouldReadFromItsOwnPositionWhereKafkaHasForgottenTheGroups() {
        consumer.setPollException(new NoOffsetForPartitionException(EVENTS));
        poll();
        assertThat(consumer.position(EVENTS)).isEqualTo(5);

        offsets.begin(EVENTS, position(OptionalLong.of(7)));
        poll();

        assertThat(consumer.position(EVENTS)).isEqualTo(7);
    }

    @Test
    void shouldReadFromTheEarliestRecordWhereNothingIsKnown() {
        consumer.setPollException(new NoOffsetForPartitionException(EVENTS));
        poll();
        offsets.begin(EVENTS, SourcePosition.UNKNOWN);
        poll();

        assertThat(consumer.position(EVENTS)).isEqualTo(5);
        assertThat(offsets.takeExpired(EVENTS)).as("nothing was ever read").isEmpty();
    }

    @Test
    void shouldCountWhatKafkaDeletedBeforeItWasReadAndReadOn() {
        offsets.begin(EVENTS, position(OptionalLong.of(1)));
        gone(1);

        assertThat(consumer.position(EVENTS)).isEqualTo(5);
        assertThat(offsets.takeExpired(EVENTS)).contains(new Expired(4, 5));
        assertThat(offsets.takeExpired(EVENTS)).as("once").isEmpty();
    }

    @Test
    void shouldAddUpWhatExpiresWhileItReads() {
        offsets.begin(EVENTS, position(OptionalLong.of(1)));
        gone(1);
        consumer.updateBeginningOffsets(Map.of(EVENTS, 20L));
        gone(10);

        assertThat(offsets.takeExpired(EVENTS)).contains(new Expired(4 + 10, 20));
    }

    @Test
    void shouldNotCountAgainWhatItsOwnPositionHasPassed() {
        offsets.begin(EVENTS, position(OptionalLong.of(5)));
        gone(1);

        assertThat(consumer.position(EVENTS)).isEqualTo(5);
        assertThat(offsets.takeExpired(EVENTS)).isEmpty();
    }

    @Test
    void shouldBeginAtTheEarliestRecordWhereTheLogEndsBeforeThePosition() {
        offsets.begin(EVENTS, position(OptionalLong.of(90)));
        gone(90);

        assertThat(consumer.position(EVENTS)).isEqualTo(5);
        assertThat(offsets.takeExpired(EVENTS)).isEmpty();
    }

    @Test
    void shouldKnowTheTimeOfTheOldestRecordThatIsNotProcessed() {
        offsets.begin(EVENTS, position(OptionalLong.of(9)));
        assertThat(offsets.oldestUnread("usage.events")).isEmpty();

        arrive(9, 1_000);
        arrive(10, 2_000);
        poll();
        arrive(11, 3_000);
        poll();
        assertThat(read).hasSize(3);
        assertThat(offsets.oldestUnread("usage.events")).hasValue(1_000);
        assertThat(offsets.oldestUnread("usage.replays")).isEmpty();

        offsets.processed(EVENTS, 10);
        assertThat(offsets.oldestUnread("usage.events")).hasValue(1_000);
        offsets.processed(EVENTS, 11);
        assertThat(offsets.oldestUnread("usage.events")).hasValue(3_000);
        offsets.processed(EVENTS, 12);
        assertThat(offsets.oldestUnread("usage.events")).isEmpty();
    }

    @Test
    void shouldSayHowLongKafkaStillKeepsTheOldest() {
        assertThat(SourceOffsets.retentionLeftSeconds(
                        java.util.Optional.of(Duration.ofHours(1)),
                        OptionalLong.of(1_000),
                        Duration.ofHours(2).toMillis() + 1_000))
                .isEqualTo(-3600);
        assertThat(SourceOffsets.retentionLeftSeconds(
                        java.util.Optional.of(Duration.ofHours(1)), OptionalLong.empty(), 0))
                .isInfinite();
        assertThat(SourceOffsets.retentionLeftSeconds(java.util.Optional.empty(), OptionalLong.of(0), 0))
                .isInfinite();
    }

    @Test
    void shouldSayHowOldTheOldestIs() {
        assertThat(SourceOffsets.ageSeconds(OptionalLong.of(1_000), 3_500)).isEqualTo(2.5);
        assertThat(SourceOffsets.ageSeconds(OptionalLong.of(3_500), 1_000)).isZero();
        assertThat(SourceOffsets.ageSeconds(OptionalLong.empty(), 1_000)).isZero();
    }

    @Test
    void shouldPollOnWhileKafkaDoesNotSayWhereTheLogBegins() {
        var mute = new MockConsumer<byte[], byte[]>("none") {
            @Override
            public Map<TopicPartition, Long> beginningOffsets(
                    java.util.Collection<TopicPartition> partitions, Duration timeout) {
                throw new org.apache.kafka.common.errors.TimeoutException("no answer");
            }
        };
        mute.assign(List.of(EVENTS));
        mute.seek(EVENTS, 1);
        mute.setPollException(new OffsetOutOfRangeException(Map.of(EVENTS, 1L)));

        ConsumerRecords<byte[], byte[]> none = offsets.poll(mute, Duration.ZERO, mute::poll);

        assertThat(none).isEmpty();
        assertThat(mute.position(EVENTS)).as("asked again by the next poll").isEqualTo(1);
    }
}
