package io.usageflow.forwarder.kafka.recovery;

import io.usageflow.forwarder.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Asks Kafka how the last transaction of one transactional id ended and where it is still open, and ends it there. Used
 * by one thread at a time. Keeps its connections. Counts its questions, for the tests that bound them.
 */
class OpenTransactions implements AutoCloseable {
    static final String OFFSETS_TOPIC = "__consumer_offsets";
    private static final Comparator<TopicPartition> BY_NAME =
            Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final Map<String, Object> kafka;
    private final String transactionalId;
    /** Empty if the transactions carry no offsets. */
    private final String group;

    private final List<String> topics;
    private @Nullable Admin admin;
    private @Nullable TopicPartition offsets;
    private boolean producersUntold;
    private final AtomicLong partitionsAsked = new AtomicLong();

    /**
     * Where a transaction is open.
     *
     * @param open the partitions, with the producer that wrote there
     * @param denied partitions that this user may not ask about, or whose brokers do not know the question
     */
    record Found(Map<TopicPartition, ProducerState> open, Set<TopicPartition> denied) {}

    OpenTransactions(Map<String, ?> kafka, String transactionalId, String group, List<String> topics) {
        this.kafka = new HashMap<>(kafka);
        this.kafka.put(CommonClientConfigs.CLIENT_ID_CONFIG, transactionalId + "-recovery");
        this.transactionalId = transactionalId;
        this.group = group;
        this.topics = topics;
    }

    /** The last transaction; empty if Kafka does not know the id, or has forgotten it. */
    Optional<TransactionDescription> last() {
        try {
            return Optional.of(
                    get(admin().describeTransactions(List.of(transactionalId)).description(transactionalId)));
        } catch (TransactionalIdNotFoundException first) {
            return Optional.empty();
        }
    }

    /**
     * Finds the partitions on which a producer has a transaction without its marker.
     *
     * @param producers their ids
     * @param asked partitions, {@link #offsets} among them
     */
    Found of(Set<Long> producers, Collection<TopicPartition> asked) {
        partitionsAsked.addAndGet(asked.size());
        Map<TopicPartition, ProducerState> open = new HashMap<>();
        Set<TopicPartition> denied = new TreeSet<>(BY_NAME);
        List<TopicPartition> known = new ArrayList<>();
        asked.forEach(partition -> (partition.partition() < 0 ? denied : known).add(partition));
        Map<TopicPartition, KafkaFuture<PartitionProducerState>> answers = producers(known);
        known.forEach(partition -> {
            try {
                get(answers.get(partition)).activeProducers().stream()
                        .filter(producer -> producers.contains(producer.producerId()))
                        .filter(producer ->
                                producer.currentTransactionStartOffset().isPresent())
                        .forEach(producer -> open.put(partition, producer));
            } catch (UnsupportedVersionException unknownQuestion) {
                producersUntold = true;
                denied.add(partition);
            } catch (AuthorizationException mayNot) {
                denied.add(partition);
            }
        });
        return new Found(open, denied);
    }

    /** The broker's answers; tests answer instead. */
    Map<TopicPartition, KafkaFuture<PartitionProducerState>> producers(List<TopicPartition> asked) {
        var answers = admin().describeProducers(asked);
        Map<TopicPartition, KafkaFuture<PartitionProducerState>> byPartition = new HashMap<>();
        asked.forEach(partition -> byPartition.put(partition, answers.partitionResult(partition)));
        return byPartition;
    }

    /** Whether a broker has refused to list producers, as some that are only compatible with Kafka do. */
    boolean areProducersUntold() {
        return producersUntold;
    }

    void abort(TopicPartition partition, ProducerState state) {
        get(admin().abortTransaction(new AbortTransactionSpec(
                        partition,
                        state.producerId(),
                        (short) state.producerEpoch(),
                        state.coordinatorEpoch().orElse(0)))
                .all());
    }

    /** @throws LeaderNotAvailableException if the partition has no leader */
    void commit(TopicPartition partition, ProducerState state) {
        Node leader = get(admin().describeTopics(List.of(partition.topic()))
                        .topicNameValues()
                        .get(partition.topic()))
                .partitions()
                .get(partition.partition())
                .leader();
        if (leader == null || leader.isEmpty()) {
            throw new LeaderNotAvailableException(partition + " has no leader");
        }
        CommitMarker.write(kafka, leader, partition, state);
    }

    /** All partitions that the id may have written to; topics that do not exist are skipped. */
    Set<TopicPartition> everywhere() {
        Set<TopicPartition> all = new TreeSet<>(BY_NAME);
        for (Map.Entry<String, KafkaFuture<TopicDescription>> described :
                admin().describeTopics(topics).topicNameValues().entrySet()) {
            try {
                int count = get(described.getValue()).partitions().size();
                for (int partition = 0; partition < count; partition++) {
                    all.add(new TopicPartition(described.getKey(), partition));
                }
            } catch (UnknownTopicOrPartitionException | AuthorizationException hidden) {
                // Nothing is open in a missing topic. A topic that this user may not see is reported by rights().
            }
        }
        if (!group.isEmpty()) {
            all.add(offsets());
        }
        return all;
    }

    /** The partition of the group's offsets; -1 if this user may not see it. */
    TopicPartition offsets() {
        if (offsets == null) {
            try {
                int count = get(admin().describeTopics(List.of(OFFSETS_TOPIC))
                                .topicNameValues()
                                .get(OFFSETS_TOPIC))
                        .partitions()
                        .size();
                // As the broker's group coordinator chooses it (Kafka 4.3, GroupCoordinatorService.partitionFor).
                offsets = new TopicPartition(OFFSETS_TOPIC, Utils.abs(group.hashCode()) % count);
            } catch (AuthorizationException | UnknownTopicOrPartitionException hidden) {
                return new TopicPartition(OFFSETS_TOPIC, -1);
            }
        }
        return offsets;
    }

    /** What this user may do about a transaction that was left open. */
    TransactionRights rights() {
        return TransactionRights.of(admin(), topics, !group.isEmpty());
    }

    /** Counts the partitions asked about: each answer lists every producer of the last day. */
    long partitionsAsked() {
        return partitionsAsked.get();
    }

    private Admin admin() {
        if (admin == null) {
            admin = KafkaClients.admin(kafka);
        }
        return admin;
    }

    static <T> T get(@Nullable KafkaFuture<T> answer) {
        if (answer == null) {
            throw new KafkaException("Kafka's answer lacks what was asked");
        }
        return KafkaClients.answer(answer);
    }

    @Override
    public void close() {
        if (admin != null) {
            // Without a bound it would wait for the calls in progress.
            admin.close(CLOSE_WITHIN);
            admin = null;
        }
    }
}
