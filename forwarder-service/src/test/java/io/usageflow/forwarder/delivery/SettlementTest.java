package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.delivery.Settlement.Step;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SettlementTest {
    private static final ConsumerGroupMetadata GROUP =
            new ConsumerGroupMetadata("usage-delivery", 7, "member", Optional.empty());
    private static final Duration OPEN_MAX = Duration.ofMinutes(1);
    private static final Topics TOPICS = Topics.withDefaultPrefix();

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final SettlementRecords records = new SettlementRecords(
            TOPICS,
            Map.of("schema.registry.url", "mock://settlement", "auto.register.schemas", "true"),
            new ResponseExcerpt(List.of()));
    private final Settlement settlement = new Settlement(
            producer, records, new DeliveryMeters(new SimpleMeterRegistry()), DeliveryClock.system(), OPEN_MAX);
    private final AssignedPartition partition = Fixtures.partition(3);

    @BeforeEach
    void start() {
        settlement.start(Producer::initTransactions);
        partition.counters(CommittedCounters.NONE);
        for (long offset : new long[] {10, 12, 15}) {
            PendingEvent event = Fixtures.event(partition, offset, "acct", "id-" + offset);
            partition.received(offset, event.bytes());
            Settled settled = offset == 12
                    ? records.dead(
                            event,
                            new SettlementRecords.Death(DeadLetterReason.REJECTED, "why", Optional.empty()),
                            Instant.EPOCH)
                    : records.receipt(event, false, 202, Instant.EPOCH);
            partition.settle(offset, event.bytes(), settled);
        }
        partition.ledger().position(17);
    }

    private List<Step> steps() {
        return List.of(Step.of(partition, 100));
    }

    @Test
    void shouldWriteOutcomesCountersAndOffsetInOneTransaction() {
        assertThat(settlement.commit(steps(), List.of(), GROUP)).isTrue();

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
        assertThat(settlement.commit(steps(), List.of(), GROUP)).isFalse();
        producer.commitTransactionException = null;
        producer.sendOffsetsToTransactionException = new CommitFailedException("the group is rebalancing");
        assertThat(settlement.commit(steps(), List.of(), GROUP)).isFalse();
        producer.sendOffsetsToTransactionException = null;
        assertThat(partition.counters()).isEqualTo(CommittedCounters.NONE);
        assertThat(producer.history()).as("nothing of the aborted ones").isEmpty();

        assertThat(settlement.commit(steps(), List.of(), GROUP)).isTrue();

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
        var patient = new Settlement(
                slow, records, new DeliveryMeters(new SimpleMeterRegistry()), DeliveryClock.system(), OPEN_MAX);
        patient.start(Producer::initTransactions);

        assertThat(patient.commit(steps(), List.of(), GROUP)).isTrue();
        assertThat(tries).hasValue(2);
    }

    @Test
    void shouldLeaveItToANewProducerWhereACommitNeverAnswers() {
        producer.commitTransactionException = new TimeoutException("slow");

        assertThatThrownBy(() -> settlement.commit(steps(), List.of(), GROUP))
                .isInstanceOfSatisfying(LostProducerException.class, lost -> assertThat(lost.fenced())
                        .isFalse());
        assertThat(partition.counters()).isEqualTo(CommittedCounters.NONE);
    }

    @Test
    void shouldStopWhereItIsFenced() {
        producer.commitTransactionException = new ProducerFencedException("another one");

        assertThatThrownBy(() -> settlement.commit(steps(), List.of(), GROUP))
                .isInstanceOfSatisfying(LostProducerException.class, lost -> assertThat(lost.fenced())
                        .isTrue());
        assertThat(partition.counters()).isEqualTo(CommittedCounters.NONE);
    }

    @Test
    void shouldNotTakeABrokerThatAbortedAnOldTransactionForAnotherProcess() {
        var impatient = new Settlement(
                producer,
                records,
                new DeliveryMeters(new SimpleMeterRegistry()),
                DeliveryClock.system(),
                Duration.ZERO);
        producer.commitTransactionException = new ProducerFencedException("the broker aborted it");

        assertThatThrownBy(() -> impatient.commit(steps(), List.of(), GROUP))
                .isInstanceOfSatisfying(LostProducerException.class, lost -> assertThat(lost.fenced())
                        .isFalse());
        assertThat(partition.counters()).isEqualTo(CommittedCounters.NONE);
    }

    @Test
    void shouldStopWhereItCannotEvenAbort() {
        producer.commitTransactionException = new KafkaException("broken");
        producer.abortTransactionException = new KafkaException("still broken");

        assertThatThrownBy(() -> settlement.commit(steps(), List.of(), GROUP))
                .isInstanceOf(LostProducerException.class);
    }

    @Test
    void shouldCommitMarkersAloneWithoutALedgerEntry() {
        settlement.commit(steps(), List.of(), GROUP);
        partition.ledger().position(20);

        assertThat(settlement.commit(steps(), List.of(), GROUP)).isTrue();

        assertThat(producer.history()).hasSize(4);
        assertThat(producer.consumerGroupOffsetsHistory()
                        .get(1)
                        .get("usage-delivery")
                        .get(partition.partition())
                        .offset())
                .isEqualTo(20);
    }
}
