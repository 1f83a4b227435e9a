package io.usageflow.forwarder.kafka.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.kafka.recovery.RecoveringProducer.TransactionLeftOpenException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A user without rights on the cluster, and a transaction that lacks its markers. MarkerRecoveryIT has the rest, with a
 * broker: it can leave an aborted transaction open at will, a committed one only by chance.
 */
class MarkerRecoveryTest {
    private static final TopicPartition WRITTEN = new TopicPartition("usage.written", 1);
    private static final TopicPartition SPARE = new TopicPartition("usage.spare", 0);
    private static final TopicPartition OFFSETS = new TopicPartition(OpenTransactions.OFFSETS_TOPIC, 7);

    private final Answers kafka = new Answers();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final MarkerRecovery recovery = recovery(true);
    private final Recorded producer = new Recorded(recovery);

    @AfterEach
    void close() {
        producer.close(Duration.ZERO);
    }

    @Test
    void shouldHoldWhereACommittedTransactionLacksItsMarker() {
        kafka.ended(TransactionState.COMPLETE_COMMIT).open(WRITTEN);

        assertThatThrownBy(this::start)
                .isInstanceOf(TransactionLeftOpenException.class)
                .hasMessageContainingAll(WRITTEN.toString(), "usage-id", TransactionRights.GRANT_MARKERS);

        assertThat(producer.calls).as("a transaction of its own would end it").isEmpty();
        assertThat(counted("held")).isEqualTo(1);
    }

    @Test
    void shouldHoldAtEachStartUntilTheRightIsGranted() {
        kafka.ended(TransactionState.COMPLETE_COMMIT).open(WRITTEN);
        assertThatThrownBy(this::start).isInstanceOf(TransactionLeftOpenException.class);
        // After initTransactions Kafka no longer tells how it ended.
        kafka.ended(TransactionState.EMPTY);
        assertThatThrownBy(this::start).isInstanceOf(TransactionLeftOpenException.class);

        kafka.writesMarkers = true;
        start();

        assertThat(kafka.markers).containsExactly("commit " + WRITTEN);
        assertThat(producer.calls).isEmpty();
        assertThat(recovery.risk()).isEmpty();
        assertThat(counted("held")).as("at two starts").isEqualTo(2);
        assertThat(counted("marker")).isEqualTo(1);
    }

    @Test
    void shouldHoldWithTheOffsetsToo() {
        kafka.ended(TransactionState.COMPLETE_COMMIT).open(WRITTEN).open(OFFSETS);

        assertThatThrownBy(this::start).isInstanceOf(TransactionLeftOpenException.class);

        assertThat(producer.calls)
                .as("a commit of the offsets alone would leave the topic's records open")
                .isEmpty();
    }

    @Test
    void shouldHoldAfterACommitThatLostABroker() {
        kafka.ended(TransactionState.EMPTY);
        start();
        recovery.wrote(WRITTEN);
        kafka.ended(TransactionState.COMPLETE_COMMIT).open(WRITTEN);
        producer.lost++;

        assertThatThrownBy(recovery::afterEnd)
                .isInstanceOf(TransactionLeftOpenException.class)
                .hasMessageContaining(WRITTEN.toString());
        assertThat(producer.calls).isEmpty();
    }

    @Test
    void shouldCommitWhatHoldsTheOffsetsOnly() {
        kafka.ended(TransactionState.COMPLETE_COMMIT).open(OFFSETS);

        start();

        assertThat(producer.calls).containsExactly("begin", "offsets [" + SPARE + "]", "commit");
        assertThat(counted("transaction")).isEqualTo(1);
        assertThat(recovery.risk())
                .hasValueSatisfying(risk -> assertThat(risk).contains(TransactionRights.GRANT_MARKERS));
    }

    @Test
    void shouldLeaveEverythingToKafkasProducerWhereItIsTurnedOff() {
        kafka.ended(TransactionState.COMPLETE_COMMIT).open(WRITTEN);
        kafka.writesMarkers = true;
        MarkerRecovery off = recovery(false);
        var initialised = new AtomicInteger();

        off.start(producer, initialised::incrementAndGet);
        off.wrote(WRITTEN);
        off.afterEnd();

        assertThat(initialised).hasValue(1);
        assertThat(kafka.questions).isZero();
        assertThat(kafka.markers).isEmpty();
        assertThat(off.risk()).isEmpty();
    }

    /** As some brokers do that are only compatible with Kafka. */
    @Test
    void shouldGoOnWhereBrokersDoNotListOpenTransactions() {
        kafka.listsNoProducers = true;
        start();
        recovery.wrote(WRITTEN);
        kafka.ended(TransactionState.COMPLETE_COMMIT);
        producer.lost++;

        recovery.afterEnd();

        assertThat(producer.calls).as("nothing that it could end").isEmpty();
        assertThat(recovery.risk())
                .hasValueSatisfying(risk -> assertThat(risk).contains("do not list open transactions"));
    }

    @Test
    void shouldEndAnAbortBlindlyWhereBrokersDoNotListOpenTransactions() {
        kafka.listsNoProducers = true;
        start();
        recovery.wroteOffsets();
        kafka.ended(TransactionState.COMPLETE_ABORT);

        recovery.afterEnd();

        assertThat(producer.calls).containsExactly("begin", "offsets [" + SPARE + "]", "abort");
    }

    @Test
    void shouldGoOnWhereBrokersDoNotDescribeTransactions() {
        kafka.describesNoTransactions = true;
        var initialised = new AtomicInteger();

        recovery.start(producer, initialised::incrementAndGet);
        recovery.wrote(WRITTEN);
        recovery.afterEnd();

        assertThat(initialised).hasValue(1);
        assertThat(kafka.questions).isEqualTo(1);
        assertThat(recovery.risk())
                .hasValueSatisfying(risk -> assertThat(risk).contains("do not describe transactions"));
    }

    private MarkerRecovery recovery(boolean enabled) {
        return new MarkerRecovery(
                "usage-id",
                "usage-group",
                Optional.of(SPARE),
                kafka,
                new MarkerRecovery.Options(enabled, meters, "delivery"));
    }

    private double counted(String result) {
        return meters.get("usageflow.transaction.recovered")
                .tags("stage", "delivery", "result", result)
                .counter()
                .count();
    }

    private void start() {
        recovery.start(producer, () -> {});
    }

    /** What Kafka says of the id; Kafka's own clients are not used. */
    private static final class Answers extends OpenTransactions {
        private final Map<TopicPartition, ProducerState> open = new HashMap<>();
        private final List<String> markers = new ArrayList<>();
        private TransactionState last = TransactionState.EMPTY;
        private boolean writesMarkers;
        private boolean listsNoProducers;
        private boolean describesNoTransactions;
        private int questions;

        Answers() {
            super(Map.of(), "usage-id", "usage-group", List.of(WRITTEN.topic()));
        }

        Answers ended(TransactionState state) {
            last = state;
            return this;
        }

        Answers open(TopicPartition partition) {
            open.put(partition, new ProducerState(1, 5, 0, 0, OptionalInt.of(0), OptionalLong.of(3)));
            return this;
        }

        @Override
        Optional<TransactionDescription> last() {
            questions++;
            if (describesNoTransactions) {
                throw new UnsupportedVersionException("DESCRIBE_TRANSACTIONS");
            }
            return Optional.of(new TransactionDescription(0, last, 1, 5, 10_000, OptionalLong.empty(), Set.of()));
        }

        @Override
        Map<TopicPartition, KafkaFuture<PartitionProducerState>> producers(List<TopicPartition> asked) {
            Map<TopicPartition, KafkaFuture<PartitionProducerState>> answers = new HashMap<>();
            for (TopicPartition partition : asked) {
                var state = new PartitionProducerState(
                        open.containsKey(partition) ? List.of(open.get(partition)) : List.of());
                answers.put(partition, KafkaFuture.completedFuture(state).thenApply(this::listed));
            }
            return answers;
        }

        private PartitionProducerState listed(PartitionProducerState state) {
            if (listsNoProducers) {
                throw new UnsupportedVersionException("DESCRIBE_PRODUCERS");
            }
            return state;
        }

        @Override
        void commit(TopicPartition partition, ProducerState state) {
            if (!writesMarkers) {
                throw new ClusterAuthorizationException("Cluster authorization failed.");
            }
            markers.add("commit " + partition);
            open.remove(partition);
        }

        @Override
        Set<TopicPartition> everywhere() {
            return Set.of(WRITTEN, OFFSETS);
        }

        @Override
        TopicPartition offsets() {
            return OFFSETS;
        }

        @Override
        TransactionRights rights() {
            return new TransactionRights(writesMarkers, Set.of());
        }
    }

    /** Notes what it is asked to write; reaches no broker. */
    private static final class Recorded extends RecoveringProducer {
        private final List<String> calls = new ArrayList<>();
        private long lost;

        Recorded(MarkerRecovery recovery) {
            super(Map.of("bootstrap.servers", "127.0.0.1:1", "transactional.id", "usage-id"), recovery);
        }

        @Override
        long connectionsLost() {
            return lost;
        }

        @Override
        public void beginTransaction() {
            calls.add("begin");
        }

        @Override
        public void sendOffsetsToTransaction(
                Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
            calls.add("offsets "
                    + new ArrayList<>(new TreeSet<>(offsets.keySet().stream()
                            .map(TopicPartition::toString)
                            .toList())));
        }

        @Override
        public void flush() {}

        @Override
        public void commitTransaction() {
            calls.add("commit");
        }

        @Override
        public void abortTransaction() {
            calls.add("abort");
        }
    }
}
