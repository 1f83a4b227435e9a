package io.usageflow.forwarder.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.delivery.Fixtures;
import io.usageflow.forwarder.delivery.HeldProducer;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords.Proof;
import io.usageflow.forwarder.delivery.commit.OutcomeTransaction.LostProducerException;
import io.usageflow.forwarder.delivery.commit.OutcomeTransaction.PartitionCommit;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.partition.CommittedCounters;
import io.usageflow.forwarder.delivery.partition.SettledRecord;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.forwarder.kafka.recovery.RecoveringProducer;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutcomeTransactionTest {
    @SuppressWarnings("removal") // Kafka offers nothing else to make one with
    private static final ConsumerGroupMetadata GROUP =
            new ConsumerGroupMetadata("usage-delivery", 7, "member", Optional.empty());

    private static final Duration OPEN_MAX = Duration.ofMinutes(1);
    private static final Topics TOPICS = Topics.withDefaultPrefix();

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final OutcomeRecords records =
            new OutcomeRecords(TOPICS, Fixtures.SERDE, new ResponseExcerpt(List::of), RecordBounds.of(262_144));

    @AutoClose
    private final OutcomeTransaction settlement =
            new OutcomeTransaction(producer, records, DeliveryClock.system(), OPEN_MAX);

    private final AssignedPartition partition = Fixtures.partition(3);

    @BeforeEach
    void start() {
        settlement.start();
        partition.counters(CommittedCounters.NONE);
        for (long offset : new long[] {10, 12, 15}) {
            PendingEvent event = Fixtures.event(partition, offset, "acct", "id-" + offset);
            partition.received(offset, event.bytes());
            SettledRecord settled = offset == 12
                    ? records.dead(
                            event,
                            new OutcomeRecords.DeadLetterCause(DeadLetterReason.REJECTED, "why", Optional.empty()),
                            Instant.EPOCH)
                    : records.receipt(event, Proof.ACCEPTED, 202, Instant.EPOCH);
            partition.settle(offset, event.bytes(), settled);
        }
        partition.ledger().position(17);
    }

    private List<PartitionCommit> steps() {
        return List.of(PartitionCommit.of(partition, 100));
    }

    /** As the loop does: what it brought about is applied after it returned. */
    private boolean commit(OutcomeTransaction with) {
        List<PartitionCommit> steps = steps();
        try {
            boolean committed = with.begin(steps, List.of(), GROUP).join().committed();
            if (committed) {
                steps.forEach(PartitionCommit::committed);
            }
            return committed;
        } catch (CompletionException broken) {
            throw (RuntimeException) broken.getCause();
        }
    }

    @Test
    void shouldWriteOutcomesCountersAndOffsetInOneTransaction() {
        assertThat(commit(settlement)).isTrue();

        assertThat(producer.commitCount()).isEqualTo(1);
        assertThat(producer.history())
                .extracting(ProducerRecord::topic)
                .containsExactly(TOPICS.receipts(), TOPICS.deadLetters(), TOPICS.receipts(), TOPICS.ledger());
        OffsetAndMetadata offset = producer.consumerGroupOffsetsHistory()
                .get(0)
                .get("usage-delivery")
                .get(partition.partition());
        assertThat(offset.offset()).isEqualTo(17);
        assertThat(CommittedCounters.parse(offset.metadata()))
                .contains(new CommittedCounters(
                        Map.of("received", 3L, "delivered", 2L, "dead_lettered", 1L, "dead_lettered.REJECTED", 1L)));
        assertThat(partition.counters().count("received")).isEqualTo(3);
        assertThat(partition.ledger().hasProgress()).isFalse();
        assertThat(partition.heldBytes()).isZero();
    }

    @Test
    void shouldChangeNothingWhereATransactionIsAbortedAndCountOnceWhenItIsTriedAgain() {
        producer.commitTransactionException = new KafkaException("an abortable one");
        assertThat(commit(settlement)).isFalse();
        producer.commitTransactionException = null;
        producer.sendOffsetsToTransactionException = new CommitFailedException("the group is rebalancing");
        assertThat(commit(settlement)).isFalse();
        producer.sendOffsetsToTransactionException = null;
        assertThat(partition.counters()).isEqualTo(CommittedCounters.NONE);
        assertThat(producer.history()).as("nothing of the aborted ones").isEmpty();

        assertThat(commit(settlement)).isTrue();

        assertThat(producer.history()).hasSize(4);
        assertThat(partition.counters().count("received")).isEqualTo(3);
    }

    @Test
    void shouldTryACommitAgainAfterATimeOutSinceItMayHaveHappened() {
        AtomicInteger tries = new AtomicInteger();
        var slow = new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public void commitTransaction() {
                if (tries.incrementAndGet() == 1) {
                    throw new TimeoutException("slow");
                }
                super.commitTransaction();
            }

            @Override
            public void abortTransaction() {
                throw new AssertionError("a commit that may have happened was aborted");
            }
        };
        var patient = new OutcomeTransaction(slow, records, DeliveryClock.system(), OPEN_MAX);
        patient.start();

        assertThat(commit(patient)).isTrue();
        assertThat(tries).hasValue(2);
    }

    @Test
    void shouldLeaveItToANewProducerWhereACommitNeverAnswers() {
        producer.commitTransactionException = new TimeoutException("slow");

        assertThatThrownBy(() -> commit(settlement))
                .isInstanceOfSatisfying(LostProducerException.class, lost -> assertThat(lost.fenced())
                        .isFalse());
        assertThat(partition.counters()).isEqualTo(CommittedCounters.NONE);
    }

    @Test
    void shouldNeitherAbortNorRepeatWhatIsCommittedAndNotSeenToEnd() {
        var commits = new AtomicInteger();
        var unseen = new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public void commitTransaction() {
                commits.incrementAndGet();
                super.commitTransaction();
                throw new RecoveringProducer.EndNotSeenException(new TimeoutException("the end was not seen"));
            }

            @Override
            public void abortTransaction() {
                throw new AssertionError("a committed transaction was aborted");
            }
        };
        var interrupted = new OutcomeTransaction(unseen, records, DeliveryClock.system(), OPEN_MAX);
        interrupted.start();

        assertThatThrownBy(() -> commit(interrupted))
                .isInstanceOfSatisfying(LostProducerException.class, lost -> assertThat(lost.fenced())
                        .isFalse())
                .hasMessageContaining("the end was not seen");
        assertThat(commits).hasValue(1);
        assertThat(partition.counters()).isEqualTo(CommittedCounters.NONE);
        interrupted.close();
    }

    @Test
    void shouldStopWhereItIsFenced() {
        producer.commitTransactionException = new ProducerFencedException("another one");

        assertThatThrownBy(() -> commit(settlement))
                .isInstanceOfSatisfying(LostProducerException.class, lost -> assertThat(lost.fenced())
                        .isTrue());
        assertThat(partition.counters()).isEqualTo(CommittedCounters.NONE);
    }

    @Test
    void shouldNotTakeABrokerThatAbortedAnOldTransactionForAnotherProcess() {
        var impatient = new OutcomeTransaction(producer, records, DeliveryClock.system(), Duration.ZERO);
        producer.commitTransactionException = new ProducerFencedException("the broker aborted it");

        assertThatThrownBy(() -> commit(impatient))
                .isInstanceOfSatisfying(LostProducerException.class, lost -> assertThat(lost.fenced())
                        .isFalse());
        assertThat(partition.counters()).isEqualTo(CommittedCounters.NONE);
    }

    @Test
    void shouldStopWhereItCannotEvenAbort() {
        producer.commitTransactionException = new KafkaException("broken");
        producer.abortTransactionException = new KafkaException("still broken");

        assertThatThrownBy(() -> commit(settlement)).isInstanceOf(LostProducerException.class);
    }

    @Test
    void shouldWriteNothingTwiceWhereASecondTransactionIsBegunTooEarly() {
        var slow = new HeldProducer();
        slow.hold();
        var held = new OutcomeTransaction(slow, records, DeliveryClock.system(), OPEN_MAX);
        held.start();
        List<PartitionCommit> first = steps();
        CompletableFuture<OutcomeTransaction.TransactionResult> end = held.begin(first, List.of(), GROUP);

        assertThatThrownBy(() -> held.begin(steps(), List.of(), GROUP)).isInstanceOf(IllegalStateException.class);
        assertThat(partition.counters())
                .as("nothing changes while it is under way")
                .isEqualTo(CommittedCounters.NONE);
        assertThat(partition.ledger().committable(100)).isEqualTo(first.get(0).run());

        slow.release();
        assertThat(end.join().committed()).isTrue();
        first.forEach(PartitionCommit::committed);
        assertThatThrownBy(first.get(0)::committed).isInstanceOf(IllegalStateException.class);
        assertThat(slow.history()).hasSize(4);
        held.close();
    }

    @Test
    void shouldCommitMarkersAloneWithoutALedgerEntry() {
        commit(settlement);
        partition.ledger().position(20);

        assertThat(commit(settlement)).isTrue();

        assertThat(producer.history()).hasSize(4);
        assertThat(producer.consumerGroupOffsetsHistory()
                        .get(1)
                        .get("usage-delivery")
                        .get(partition.partition())
                        .offset())
                .isEqualTo(20);
    }
}
