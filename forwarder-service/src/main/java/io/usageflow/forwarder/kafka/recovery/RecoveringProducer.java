package io.usageflow.forwarder.kafka.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.kafka.KafkaClients;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A transactional producer that checks, through its {@link MarkerRecovery}, that each transaction ended on every
 * partition: the id's last transaction in {@link #initTransactions}, its own in {@link #commitTransaction} and {@link
 * #abortTransaction}. One thread at a time uses its transactions.
 */
public class RecoveringProducer extends KafkaProducer<byte[], byte[]> {
    private static final String GROUP = "producer-metrics";
    private static final String LOST = "connection-close-total";
    /** The key of a record that is aborted as soon as it is written. */
    private static final byte[] ABORTED = "usageflow-ends-an-open-transaction".getBytes(UTF_8);

    private final MarkerRecovery recovery;

    /**
     * The transaction is committed, but {@link #getCause} prevented the check that it ended on every partition. Use a
     * new producer; its transactions follow the committed one.
     */
    public static final class EndNotSeenException extends KafkaException {
        private static final long serialVersionUID = 1L;

        public EndNotSeenException(KafkaException cause) {
            super(cause.getMessage(), cause);
        }
    }

    public RecoveringProducer(Map<String, Object> config, MarkerRecovery recovery) {
        super(config, new ByteArraySerializer(), new ByteArraySerializer());
        this.recovery = recovery;
    }

    /** @throws TransactionLeftOpenException if a committed transaction is open and this user may not end it */
    @Override
    public void initTransactions() {
        recovery.start(this, super::initTransactions);
    }

    /** @throws EndNotSeenException if the transaction is committed; do not commit it again, and do not abort it */
    @Override
    public void commitTransaction() {
        super.commitTransaction();
        try {
            recovery.afterEnd();
        } catch (InterruptException stopped) {
            throw stopped;
        } catch (KafkaException notSeen) {
            throw new EndNotSeenException(notSeen);
        }
    }

    @Override
    public void abortTransaction() {
        super.abortTransaction();
        recovery.afterEnd();
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
        if (record.partition() != null) {
            recovery.wrote(new TopicPartition(record.topic(), record.partition()));
            return super.send(record, callback);
        }
        return super.send(record, (metadata, failure) -> {
            if (metadata.partition() >= 0) {
                recovery.wrote(new TopicPartition(metadata.topic(), metadata.partition()));
            }
            if (callback != null) {
                callback.onCompletion(metadata, failure);
            }
        });
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        recovery.wroteOffsets();
        super.sendOffsetsToTransaction(offsets, groupMetadata);
    }

    /**
     * Runs one transaction whose only purpose is its end, which open records on the partitions share.
     *
     * @param offsets the partition whose offset of the group it commits, if any
     * @throws KafkaException if a record was not written
     */
    void transact(
            Collection<TopicPartition> partitions,
            Optional<TopicPartition> offsets,
            ConsumerGroupMetadata group,
            boolean commit) {
        beginTransaction();
        List<Future<RecordMetadata>> sends = partitions.stream()
                .map(partition ->
                        send(new ProducerRecord<>(partition.topic(), partition.partition(), ABORTED, new byte[0])))
                .toList();
        offsets.ifPresent(spare -> sendOffsetsToTransaction(Map.of(spare, new OffsetAndMetadata(0)), group));
        // A subclass may leave the flush to the commit, but an abort would drop what is not sent.
        super.flush();
        if (commit) {
            commitTransaction();
        } else {
            abortTransaction();
        }
        sends.forEach(KafkaClients::answer);
    }

    /** Counts the connections to brokers that ended or could not be made. */
    long connectionsLost() {
        return metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals(LOST)
                        && metric.getKey().group().equals(GROUP))
                .mapToLong(metric -> ((Number) metric.getValue().metricValue()).longValue())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Kafka's producer has no metric " + LOST));
    }

    /**
     * A broker died before the markers of a committed transaction were written, and this user may not write them. A
     * further transaction could take back the committed records, so nothing is written until the right is granted.
     */
    public static final class TransactionLeftOpenException extends RetriableException {
        private static final long serialVersionUID = 1L;

        TransactionLeftOpenException(String transactionalId, Collection<TopicPartition> partitions) {
            super("a committed transaction of " + transactionalId + " lacks its markers on "
                    + partitions.stream().map(TopicPartition::toString).collect(Collectors.toCollection(TreeSet::new))
                    + ", because a broker died, and this user may not write them; nothing is lost, and"
                    + " nothing more is written"
                    + " until an administrator has run: " + TransactionRights.GRANT_MARKERS);
        }
    }
}
