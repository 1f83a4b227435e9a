package io.usageflow.forwarder.kafka.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.kafka.KafkaClients;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A transactional producer that makes sure, by its {@link MarkerRecovery}, that each transaction ended on every
 * partition: the last one of its id in {@link #initTransactions}, its own in {@link #commitTransaction} and {@link
 * #abortTransaction}. Transactions are used by one thread at a time.
 */
public class RecoveringProducer extends KafkaProducer<byte[], byte[]> {
    private static final String GROUP = "producer-metrics";
    private static final String LOST = "connection-close-total";
    /** Of a record that is aborted as soon as it is written. */
    private static final byte[] ABORTED = "usageflow-ends-an-open-transaction".getBytes(UTF_8);

    private final MarkerRecovery recovery;

    /**
     * The transaction is committed, but {@link #getCause} prevented the check that it ended on every partition. A new
     * producer continues behind it.
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

    /** @throws TransactionLeftOpenException where a committed transaction is open and this user may not end it */
    @Override
    public void initTransactions() {
        recovery.start(this, super::initTransactions);
    }

    /** @throws EndNotSeenException where it is committed, and must be neither committed again nor aborted */
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
     * One transaction that does nothing but end: what is open on the partitions shares its fate.
     *
     * @param offsets of the group, written along where given
     * @throws KafkaException where a record was not written
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
        flush();
        if (commit) {
            commitTransaction();
        } else {
            abortTransaction();
        }
        sends.forEach(KafkaClients::answer);
    }

    /** How often a connection to a broker ended, or could not be made. */
    long connectionsLost() {
        return metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals(LOST)
                        && metric.getKey().group().equals(GROUP))
                .mapToLong(metric -> ((Number) metric.getValue().metricValue()).longValue())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Kafka's producer has no metric " + LOST));
    }
}
