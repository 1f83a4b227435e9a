package io.usageflow.forwarder.topics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
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
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka knows of one transactional id: how its last transaction ended, where it is open still, and the means to end
 * it there. Used by one thread at a time. Keeps its connections.
 */
final class OpenTransactions implements AutoCloseable {
    private static final String OFFSETS_TOPIC = "__consumer_offsets";
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final Map<String, Object> kafka;
    private final String transactionalId;
    /** Empty where no offsets go along. */
    private final String group;

    private final List<String> topics;
    private @Nullable Admin admin;
    /** Once all of the topics exist. */
    private @Nullable List<TopicPartition> partitions;

    OpenTransactions(Map<String, Object> kafka, String transactionalId, String group, List<String> topics) {
        this.kafka = kafka;
        this.transactionalId = transactionalId;
        this.group = group;
        this.topics = topics;
    }

    /** Empty where Kafka has never heard of the id, or no more. */
    Optional<TransactionDescription> last() {
        try {
            return Optional.of(
                    get(admin().describeTransactions(List.of(transactionalId)).description(transactionalId)));
        } catch (TransactionalIdNotFoundException first) {
            return Optional.empty();
        }
    }

    /** Where the producer has a transaction that lacks its marker. */
    Map<TopicPartition, ProducerState> of(long producerId) {
        Map<TopicPartition, ProducerState> open = new HashMap<>();
        Map<TopicPartition, KafkaFuture<PartitionProducerState>> answers = new HashMap<>();
        List<TopicPartition> all = partitions();
        var asked = admin().describeProducers(all);
        all.forEach(partition -> answers.put(partition, asked.partitionResult(partition)));
        answers.forEach((partition, answer) -> get(answer).activeProducers().stream()
                .filter(producer -> producer.producerId() == producerId)
                .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                .forEach(producer -> open.put(partition, producer)));
        return open;
    }

    void abort(TopicPartition partition, ProducerState state) {
        get(admin().abortTransaction(new AbortTransactionSpec(
                        partition,
                        state.producerId(),
                        (short) state.producerEpoch(),
                        state.coordinatorEpoch().orElse(0)))
                .all());
    }

    /** @throws LeaderNotAvailableException where nobody leads the partition */
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

    private List<TopicPartition> partitions() {
        if (partitions != null) {
            return partitions;
        }
        List<String> all = new ArrayList<>(topics);
        if (!group.isEmpty()) {
            all.add(OFFSETS_TOPIC);
        }
        List<TopicPartition> found = new ArrayList<>();
        boolean complete = true;
        for (KafkaFuture<TopicDescription> described :
                admin().describeTopics(all).topicNameValues().values()) {
            try {
                found.addAll(written(get(described)));
            } catch (UnknownTopicOrPartitionException absent) {
                complete = false;
            }
        }
        if (complete) {
            partitions = found;
        }
        return found;
    }

    private List<TopicPartition> written(TopicDescription topic) {
        int count = topic.partitions().size();
        if (topic.name().equals(OFFSETS_TOPIC)) {
            // As the broker's group coordinator chooses it (Kafka 4.3, GroupCoordinatorService.partitionFor).
            return List.of(new TopicPartition(OFFSETS_TOPIC, Utils.abs(group.hashCode()) % count));
        }
        List<TopicPartition> all = new ArrayList<>();
        for (int partition = 0; partition < count; partition++) {
            all.add(new TopicPartition(topic.name(), partition));
        }
        return all;
    }

    private Admin admin() {
        if (admin == null) {
            admin = Admin.create(kafka);
        }
        return admin;
    }

    private static <T> T get(@Nullable KafkaFuture<T> answer) {
        if (answer == null) {
            throw new KafkaException("Kafka's answer lacks what was asked");
        }
        try {
            return answer.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof KafkaException known
                    ? known
                    : new KafkaException("Kafka's answer cannot be used", failed.getCause());
        } catch (InterruptedException stopped) {
            throw new InterruptException(stopped);
        }
    }

    @Override
    public void close() {
        if (admin != null) {
            // It would close patiently if it were not told.
            admin.close(CLOSE_WITHIN);
            admin = null;
        }
    }
}
