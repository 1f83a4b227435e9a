package io.usageflow.forwarder.kafka.recovery;

import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A transactional producer that tells its {@link MarkerRecovery} where its transactions write, so that only these
 * partitions are asked about, and whether it lost a connection. Thread-safe as its parent.
 */
public class WatchedProducer extends KafkaProducer<byte[], byte[]> {
    private static final String GROUP = "producer-metrics";
    private static final String LOST = "connection-close-total";

    private final MarkerRecovery takeover;

    public WatchedProducer(Map<String, Object> config, MarkerRecovery takeover) {
        super(config, new ByteArraySerializer(), new ByteArraySerializer());
        this.takeover = takeover;
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
        if (record.partition() != null) {
            takeover.wrote(new TopicPartition(record.topic(), record.partition()));
            return super.send(record, callback);
        }
        return super.send(record, (metadata, failure) -> {
            if (metadata.partition() >= 0) {
                takeover.wrote(new TopicPartition(metadata.topic(), metadata.partition()));
            }
            if (callback != null) {
                callback.onCompletion(metadata, failure);
            }
        });
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        takeover.wroteOffsets();
        super.sendOffsetsToTransaction(offsets, groupMetadata);
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
