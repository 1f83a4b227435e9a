package io.usageflow.forwarder.topics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a transactional id over from whoever had it: {@code initTransactions}, and then what Kafka should have done by
 * itself. Not thread-safe.
 *
 * <p>A coordinator that ends a transaction while a partition of it has no leader takes the partition for deleted, leaves
 * its marker out and calls the transaction complete (Kafka 4.3.1, {@code TransactionMarkerChannelManager}; seen whenever
 * a single broker was killed in mid-transaction). What an aborted transaction wrote there then becomes visible with the
 * id's next commit, or, where the partition holds the group's offsets, nobody can read these any more. Here such a
 * partition gets the marker that it lacks. docs/decisions/0007 has the story.
 */
public final class TransactionTakeover implements Takeover {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionTakeover.class);
    private static final String OFFSETS_TOPIC = "__consumer_offsets";
    private static final Duration END_WITHIN = Duration.ofSeconds(30);
    private static final Duration ASK_AGAIN_AFTER = Duration.ofMillis(50);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);
    private static final Set<TransactionState> ENDING =
            EnumSet.of(TransactionState.ONGOING, TransactionState.PREPARE_ABORT, TransactionState.PREPARE_EPOCH_FENCE);

    private final Map<String, Object> kafka;
    private final String transactionalId;
    /** Empty where no offsets go along. */
    private final String group;

    private final List<String> topics;
    /** The id's last transaction, until it is certain that it ended everywhere. */
    private @Nullable TransactionDescription last;

    /** Of an id whose transactions carry no offsets. */
    public TransactionTakeover(Map<String, ?> kafka, String transactionalId, Collection<String> topics) {
        this(kafka, transactionalId, "", topics);
    }

    /**
     * @param kafka how to reach the brokers
     * @param group whose offsets the id's transactions carry
     * @param topics that the id's transactions write to; those that do not exist are passed over
     */
    public TransactionTakeover(Map<String, ?> kafka, String transactionalId, String group, Collection<String> topics) {
        this.kafka = new HashMap<>(kafka);
        this.kafka.put(AdminClientConfig.CLIENT_ID_CONFIG, transactionalId + "-takeover");
        this.transactionalId = transactionalId;
        this.group = group;
        this.topics = List.copyOf(topics);
    }

    @Override
    public void takeOver(Producer<?, ?> producer) {
        takeOver(producer, producer::initTransactions);
    }

    /** As {@link #takeOver(Producer)}, for a producer whose own initTransactions is this. */
    public void takeOver(Producer<?, ?> producer, Runnable initTransactions) {
        try (var closing = new Closing(Admin.create(kafka))) {
            // After initTransactions alone it is empty, and no longer tells how the last one ended.
            whereAllowed(() -> describe(closing.admin())
                    .filter(found -> found.state() != TransactionState.EMPTY)
                    .ifPresent(found -> last = found));
            initTransactions.run();
            TransactionDescription ended = last;
            if (ended != null) {
                whereAllowed(() -> endEverywhere(closing.admin(), producer, ended));
                last = null;
            }
        }
    }

    @Override
    public void afterAbort() {
        try (var closing = new Closing(Admin.create(kafka))) {
            whereAllowed(() -> {
                TransactionDescription ended = awaitEnd(closing.admin());
                last = ended;
                abort(closing.admin(), open(closing.admin(), ended.producerId()));
                last = null;
            });
        }
    }

    /** An abort is answered as soon as it is decided. */
    private TransactionDescription awaitEnd(Admin admin) {
        long deadline = System.nanoTime() + END_WITHIN.toNanos();
        while (true) {
            TransactionDescription now =
                    describe(admin).orElseThrow(() -> new KafkaException("Kafka has forgotten " + transactionalId));
            if (!ENDING.contains(now.state())) {
                return now;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException("the transaction of " + transactionalId + " does not end: " + now.state());
            }
            LockSupport.parkNanos(ASK_AGAIN_AFTER.toNanos());
        }
    }

    /** To look is a help and not a need: without the right to, all goes on as it would without looking. */
    private void whereAllowed(Runnable look) {
        try {
            look.run();
        } catch (AuthorizationException refused) {
            LOG.warn(
                    "event=takeover_unchecked id={} why=\"Kafka does not let us look for transactions it left open: {}\"",
                    transactionalId,
                    refused.getMessage());
        }
    }

    private Optional<TransactionDescription> describe(Admin admin) {
        try {
            return Optional.of(
                    get(admin.describeTransactions(List.of(transactionalId)).description(transactionalId)));
        } catch (TransactionalIdNotFoundException first) {
            return Optional.empty();
        }
    }

    private void endEverywhere(Admin admin, Producer<?, ?> producer, TransactionDescription ended) {
        Map<TopicPartition, ProducerState> open = open(admin, ended.producerId());
        if (ended.state() == TransactionState.COMPLETE_COMMIT || ended.state() == TransactionState.PREPARE_COMMIT) {
            commit(producer, open.keySet());
        } else {
            abort(admin, open);
        }
    }

    private void abort(Admin admin, Map<TopicPartition, ProducerState> open) {
        open.forEach((partition, state) -> {
            LOG.warn("event=transaction_left_open id={} partition={} ends_by=abort", transactionalId, partition);
            get(admin.abortTransaction(new AbortTransactionSpec(
                            partition,
                            state.producerId(),
                            (short) state.producerEpoch(),
                            state.coordinatorEpoch().orElse(0)))
                    .all());
        });
    }

    /**
     * The id's next commit ends it wherever it writes again. That the group's offsets are read must not wait for it: an
     * offset that says nothing is committed with them, since the group does not read this topic.
     */
    private void commit(Producer<?, ?> producer, Collection<TopicPartition> open) {
        if (open.stream().noneMatch(partition -> partition.topic().equals(OFFSETS_TOPIC))) {
            return;
        }
        LOG.warn("event=transaction_left_open id={} partitions={} ends_by=commit", transactionalId, open);
        producer.beginTransaction();
        producer.sendOffsetsToTransaction(
                Map.of(new TopicPartition(topics.get(0), 0), new OffsetAndMetadata(0)),
                new ConsumerGroupMetadata(group));
        producer.commitTransaction();
    }

    /** After initTransactions the id has no transaction: what is open is left from before. */
    private Map<TopicPartition, ProducerState> open(Admin admin, long producerId) {
        Map<TopicPartition, ProducerState> open = new HashMap<>();
        Map<TopicPartition, KafkaFuture<PartitionProducerState>> answers = new HashMap<>();
        List<TopicPartition> partitions = partitions(admin);
        var asked = admin.describeProducers(partitions);
        partitions.forEach(partition -> answers.put(partition, asked.partitionResult(partition)));
        answers.forEach((partition, answer) -> get(answer).activeProducers().stream()
                .filter(producer -> producer.producerId() == producerId)
                .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                .forEach(producer -> open.put(partition, producer)));
        return open;
    }

    private List<TopicPartition> partitions(Admin admin) {
        List<String> all = new ArrayList<>(topics);
        if (!group.isEmpty()) {
            all.add(OFFSETS_TOPIC);
        }
        List<TopicPartition> partitions = new ArrayList<>();
        for (KafkaFuture<TopicDescription> described :
                admin.describeTopics(all).topicNameValues().values()) {
            try {
                TopicDescription topic = get(described);
                topic.partitions()
                        .forEach(partition -> partitions.add(new TopicPartition(topic.name(), partition.partition())));
            } catch (UnknownTopicOrPartitionException absent) {
                LOG.debug("event=takeover_without_topic id={}", transactionalId, absent);
            }
        }
        return partitions;
    }

    private static <T> T get(KafkaFuture<T> answer) {
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

    /** An admin client closes patiently unless it is told not to. */
    private record Closing(Admin admin) implements AutoCloseable {
        @Override
        public void close() {
            admin.close(CLOSE_WITHIN);
        }
    }
}
