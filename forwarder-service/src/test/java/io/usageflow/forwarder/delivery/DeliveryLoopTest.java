package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.config.ProcessSettings;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.delivery.Delivery.DeliveryConnections;
import io.usageflow.forwarder.delivery.DeliverySession.DeliveryContext;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords;
import io.usageflow.forwarder.delivery.commit.OutcomeTransaction.LostProducerException;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.health.DestinationHealth;
import io.usageflow.forwarder.delivery.intake.DeliverableReader;
import io.usageflow.forwarder.delivery.intake.StartOffsets.LogReplacedException;
import io.usageflow.forwarder.delivery.partition.CommittedCounters;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.forwarder.kafka.KafkaWatch;
import io.usageflow.forwarder.testing.WatchedTopics;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The loop turn by turn, in the test's own thread: each step of a story happens between two turns. */
class DeliveryLoopTest {
    private static final Topics TOPICS = Topics.withDefaultPrefix();
    private static final TopicPartition ONE = new TopicPartition(TOPICS.deliverable(), 1);
    private static final TopicPartition TWO = new TopicPartition(TOPICS.deliverable(), 2);
    private static final Answer ACCEPTED = new Answer.Response(202, Map.of(), "", false);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final MockConsumer<byte[], byte[]> states = new MockConsumer<>("earliest");
    private final HeldProducer producer = new HeldProducer();
    private final HeldSink sink = new HeldSink();
    private final WatchedTopics topics = new WatchedTopics();
    private volatile long nanosMore;
    private DeliverySession session;

    /** Answers when the test says so. */
    private static final class HeldSink implements EventSink {
        final List<Request> requests = new ArrayList<>();
        final List<String> lookups = new ArrayList<>();
        final List<CompletableFuture<Answer>> answers = new ArrayList<>();

        @Override
        public CompletionStage<Answer> deliver(Request request) {
            requests.add(request);
            answers.add(new CompletableFuture<>());
            return answers.get(answers.size() - 1);
        }

        @Override
        public CompletionStage<Answer> find(Customer customer, String credytId) {
            lookups.add(credytId);
            answers.add(new CompletableFuture<>());
            return answers.get(answers.size() - 1);
        }

        @Override
        public Duration answersWithin() {
            return Duration.ofSeconds(1);
        }

        @Override
        public void close() {}
    }

    /** A request that is not answered holds up a partition that leaves for so long. */
    @BeforeEach
    void open() {
        open("200ms");
    }

    private void open(String revokeTimeout) {
        consumer.updateBeginningOffsets(Map.of(ONE, 0L, TWO, 0L));
        consumer.updateEndOffsets(Map.of(ONE, 100L, TWO, 100L));
        var settings = DeliverySettings.from(new AbstractConfig(
                Settings.definition(),
                Map.of(ProcessSettings.LATENCY_TARGET, "5ms", DeliverySettings.REVOKE_TIMEOUT, revokeTimeout),
                false));
        var context = new DeliveryContext(
                settings,
                new DeliveryConnections(TOPICS, Map.of(), Fixtures.SERDE, "test"),
                sink,
                new DestinationHealth(settings, new Random(1)),
                new DeliverableReader(Fixtures.SERDE),
                new OutcomeRecords(TOPICS, Fixtures.SERDE, new ResponseExcerpt(List::of), RecordBounds.of(262_144)),
                new DeliveryMeters(new SimpleMeterRegistry()),
                topics.watch(() -> nanosMore + System.nanoTime(), TOPICS.deliverable()),
                DeliveryClock.system());
        for (TopicPartition partition : List.of(ONE, TWO)) {
            var state = new TopicPartition(TOPICS.deliveryState(), partition.partition());
            states.updateBeginningOffsets(Map.of(state, 0L));
            states.updateEndOffsets(Map.of(state, 0L));
        }
        session = new DeliverySession(context, consumer, states, producer, Map::of);
    }

    /** Runs the loop; before each turn the next step happens, and after the last one some turns more. */
    private void story(Runnable... steps) {
        Iterator<Runnable> next = List.of(steps).iterator();
        int[] quiet = {0};
        Deque<Until> waiting = new ArrayDeque<>();
        session.run(
                () -> {
                    waiting.removeIf(Until::isPast);
                    if (!waiting.isEmpty()) {
                        return false;
                    }
                    if (next.hasNext()) {
                        Runnable step = next.next();
                        step.run();
                        if (step instanceof Until until) {
                            waiting.add(until);
                        }
                        return false;
                    }
                    return ++quiet[0] > 5;
                },
                () -> Duration.ofMillis(10));
    }

    /** A step that lasts as many turns as it takes. */
    private static final class Until implements Runnable {
        private final BooleanSupplier past;
        private long deadline = Long.MAX_VALUE;

        Until(BooleanSupplier past) {
            this.past = past;
        }

        @Override
        public void run() {
            deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        }

        boolean isPast() {
            assertThat(System.nanoTime()).as("what the story waits for").isLessThan(deadline);
            return past.getAsBoolean();
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(TopicPartition partition, long offset, String account) {
        return Fixtures.record(partition, offset, account, new UUID(partition.partition(), offset).toString());
    }

    private Runnable assign(TopicPartition... partitions) {
        return () -> consumer.schedulePollTask(() -> consumer.rebalance(List.of(partitions)));
    }

    private Runnable arrive(TopicPartition partition, long offset, String account) {
        return () -> consumer.schedulePollTask(() -> consumer.addRecord(record(partition, offset, account)));
    }

    private Runnable answer(int request) {
        return () -> sink.answers.get(request).complete(ACCEPTED);
    }

    @SuppressWarnings("UnnecessaryLambda") // a step of a story, next to others
    private static Runnable pass() {
        return () -> {};
    }

    private List<Long> committed(TopicPartition partition) {
        return producer.consumerGroupOffsetsHistory().stream()
                .flatMap(groups -> groups.values().stream())
                .map(offsets -> offsets.get(partition))
                .filter(java.util.Objects::nonNull)
                .map(OffsetAndMetadata::offset)
                .toList();
    }

    private long receipts() {
        return producer.history().stream()
                .filter(record -> record.topic().equals(TOPICS.receipts()))
                .count();
    }

    @Test
    void shouldCommitNothingAboveAnEventThatIsStillOut() {
        story(assign(ONE), arrive(ONE, 3, "slow"), arrive(ONE, 7, "quick"), pass(), pass(), answer(1), pass(), pass());

        assertThat(receipts()).isZero();
        assertThat(committed(ONE)).as("the first outstanding offset at most").allMatch(offset -> offset <= 3);
    }

    @Test
    void shouldCommitPastTheLastRecordWhereAllIsSettled() {
        story(
                assign(ONE),
                arrive(ONE, 3, "a"),
                arrive(ONE, 7, "b"),
                pass(),
                pass(),
                answer(1),
                answer(0),
                pass(),
                pass());

        assertThat(receipts()).isEqualTo(2);
        assertThat(committed(ONE)).last().isEqualTo(8L);
    }

    @Test
    void shouldLetRequestsFinishAndCommitBeforeAPartitionLeaves() {
        open("1m");

        story(assign(ONE, TWO), arrive(ONE, 0, "a"), arrive(TWO, 0, "b"), pass(), pass(), () -> {
            sink.answers.get(0).complete(ACCEPTED);
            assign(TWO).run();
        });

        assertThat(receipts()).isEqualTo(1);
        assertThat(committed(ONE)).last().isEqualTo(1L);
        assertThat(committed(TWO)).allMatch(offset -> offset == 0L);
    }

    @Test
    void shouldDropAnAnswerThatComesAfterItsPartitionLeft() {
        story(
                assign(ONE, TWO),
                arrive(ONE, 0, "a"),
                pass(),
                pass(),
                assign(TWO),
                pass(),
                pass(),
                answer(0),
                pass(),
                pass());

        assertThat(sink.requests).hasSize(1);
        assertThat(receipts()).isZero();
        assertThat(committed(ONE)).allMatch(offset -> offset == 0L);
    }

    @Test
    void shouldNotSendAnIdAgainWhileItsOldRequestIsStillOut() {
        story(
                assign(ONE),
                arrive(ONE, 0, "a"),
                pass(),
                pass(),
                assign(TWO),
                pass(),
                () -> {
                    consumer.updateBeginningOffsets(Map.of(ONE, 0L));
                    assign(ONE, TWO).run();
                },
                arrive(ONE, 0, "a"),
                pass(),
                pass(),
                () -> assertThat(sink.requests).hasSize(1),
                answer(0),
                new Until(() -> sink.requests.size() == 2),
                answer(1),
                pass(),
                pass());

        assertThat(receipts()).isEqualTo(1);
        assertThat(committed(ONE)).last().isEqualTo(1L);
    }

    @Test
    void shouldReadAndSendWhileATransactionIsUnderWay() {
        story(
                producer::hold,
                assign(ONE),
                arrive(ONE, 0, "a"),
                new Until(() -> sink.requests.size() == 1),
                answer(0),
                new Until(producer::isCommitting),
                arrive(ONE, 1, "b"),
                new Until(() -> sink.requests.size() == 2),
                answer(1),
                pass(),
                pass(),
                () -> assertThat(producer.isCommitting())
                        .as("one transaction at a time")
                        .isTrue(),
                () -> assertThat(committed(ONE)).isEmpty(),
                producer::release,
                new Until(() -> receipts() == 2));

        assertThat(committed(ONE)).containsExactly(1L, 2L);
        assertThat(delivered(ONE)).isEqualTo(2);
    }

    @Test
    void shouldTakeAnAbortedTransactionAlongInTheNextOne() {
        story(
                producer::hold,
                assign(ONE),
                arrive(ONE, 0, "a"),
                new Until(() -> sink.requests.size() == 1),
                answer(0),
                new Until(producer::isCommitting),
                arrive(ONE, 1, "b"),
                new Until(() -> sink.requests.size() == 2),
                answer(1),
                pass(),
                () -> producer.commitTransactionException = new KafkaException("aborted"),
                producer::release,
                new Until(producer::transactionAborted),
                () -> producer.commitTransactionException = null);

        assertThat(receipts()).as("both, in one transaction").isEqualTo(2);
        assertThat(committed(ONE)).containsExactly(2L);
        assertThat(delivered(ONE)).isEqualTo(2);
    }

    @Test
    void shouldLetATransactionEndBeforeItsPartitionLeaves() throws InterruptedException {
        var released = new Thread(producer::release, "broker");
        story(
                producer::hold,
                assign(ONE, TWO),
                arrive(ONE, 0, "a"),
                new Until(() -> sink.requests.size() == 1),
                answer(0),
                new Until(producer::isCommitting),
                () -> consumer.schedulePollTask(() -> {
                    released.start();
                    consumer.rebalance(List.of(TWO));
                    assertThat(receipts()).as("when the partition is given up").isEqualTo(1);
                    assertThat(committed(ONE)).containsExactly(1L);
                }),
                pass());
        released.join();

        assertThat(committed(ONE)).containsExactly(1L);
        assertThat(delivered(ONE)).isEqualTo(1);
    }

    @Test
    void shouldEndTheSessionWhereTheProducerIsLostMeanwhile() {
        producer.commitTransactionException = new ProducerFencedException("another one");

        assertThatThrownBy(() -> story(
                        assign(ONE),
                        arrive(ONE, 0, "a"),
                        new Until(() -> sink.requests.size() == 1),
                        answer(0),
                        new Until(() -> false)))
                .isInstanceOf(LostProducerException.class);
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void shouldSayWhatExpiredUnreadWhileItReadAndReadOn() {
        story(
                assign(ONE),
                arrive(ONE, 0, "a"),
                new Until(() -> sink.requests.size() == 1),
                answer(0),
                new Until(() -> committed(ONE).contains(1L)),
                () -> expire(ONE, 5),
                new Until(() -> committed(ONE).contains(5L)),
                () -> assertThat(counted(ONE, "expired_unread")).isEqualTo(4),
                arrive(ONE, 5, "b"),
                new Until(() -> sink.requests.size() == 2),
                answer(1),
                new Until(() -> committed(ONE).contains(6L)));

        assertThat(counted(ONE, "expired_unread")).isEqualTo(4);
        assertThat(delivered(ONE)).isEqualTo(2);
        assertThat(ledgerEntries()).anySatisfy(entry -> assertThat(entry.getCounters())
                .containsEntry("expired_unread", 4L)
                .containsEntry("received", 1L));
        assertThat(session.health(KafkaWatch.View.WELL).detail()).contains("4 records expired unread");
    }

    @Test
    void shouldBeginAtTheEarliestRecordWhereTheLogEndsBeforeWhatWasRead() {
        story(
                assign(ONE),
                arrive(ONE, 8, "a"),
                new Until(() -> sink.requests.size() == 1),
                answer(0),
                new Until(() -> committed(ONE).contains(9L)),
                () -> {
                    consumer.commitSync(Map.of(
                            ONE, new OffsetAndMetadata(9, lastCommitted(ONE).format())));
                    consumer.setPollException(new OffsetOutOfRangeException(Map.of(ONE, 9L)));
                },
                arrive(ONE, 0, "b"),
                new Until(() -> sink.requests.size() == 2),
                answer(1),
                new Until(() -> committed(ONE).contains(1L)));

        assertThat(counted(ONE, "log_replaced")).isEqualTo(1);
        assertThat(counted(ONE, "expired_unread")).isZero();
        assertThat(delivered(ONE)).isEqualTo(2);
    }

    @Test
    void shouldEndTheSessionWhereTheTopicIsMadeAgainWhileItReads() {
        assertThatThrownBy(() -> story(
                        assign(ONE),
                        arrive(ONE, 3, "a"),
                        new Until(() -> sink.requests.size() == 1),
                        () -> {
                            topics.become(WatchedTopics.AGAIN);
                            nanosMore = Duration.ofSeconds(6).toNanos();
                        },
                        new Until(() -> false)))
                .isInstanceOf(LogReplacedException.class)
                .hasMessageContaining("usage.deliverable was deleted and created again");
    }

    @Test
    void shouldCommitTheLogWithTheOffset() {
        story(
                assign(ONE),
                arrive(ONE, 0, "a"),
                new Until(() -> sink.requests.size() == 1),
                answer(0),
                new Until(() -> committed(ONE).contains(1L)));

        assertThat(lastCommitted(ONE).log()).isEqualTo(WatchedTopics.FIRST);
        assertThat(ledgerEntries()).allSatisfy(entry -> assertThat(entry.getLogs())
                .containsExactly(Map.entry(TOPICS.deliverable(), WatchedTopics.FIRST.text())));
    }

    /** What is below is deleted before it is read. */
    private void expire(TopicPartition partition, long first) {
        consumer.updateBeginningOffsets(Map.of(partition, first));
        consumer.setPollException(new OffsetOutOfRangeException(Map.of(partition, 1L)));
    }

    private List<LedgerEntry> ledgerEntries() {
        return producer.history().stream()
                .filter(record -> record.topic().equals(TOPICS.ledger()))
                .map(record -> AvroSerdes.<LedgerEntry>valueDeserializer(Fixtures.SERDE, LedgerEntry.class)
                        .deserialize(record.topic(), record.value()))
                .toList();
    }

    private long counted(TopicPartition partition, String counter) {
        return lastCommitted(partition).count(counter);
    }

    private CommittedCounters lastCommitted(TopicPartition partition) {
        List<Map<String, Map<TopicPartition, OffsetAndMetadata>>> history = producer.consumerGroupOffsetsHistory();
        return history.stream()
                .flatMap(groups -> groups.values().stream())
                .filter(offsets -> offsets.containsKey(partition))
                .map(offsets -> CommittedCounters.parse(offsets.get(partition).metadata())
                        .orElseThrow())
                .reduce((earlier, later) -> later)
                .orElse(CommittedCounters.NONE);
    }

    /** As the last committed offset counts. */
    private long delivered(TopicPartition partition) {
        return counted(partition, "delivered");
    }
}
