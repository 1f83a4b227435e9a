package io.usageflow.forwarder.clock;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.KafkaClients;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Measures the broker's time. Kafka has no request for it, but it stamps records in a topic with {@code LogAppendTime}
 * and returns the stamp. So this writes a tombstone under a key of its own to the ledger, which every stage may write.
 * Readers skip it, and compaction removes it. For one thread; close it.
 */
final class BrokerTime implements AutoCloseable {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final byte[] key;
    private final Clock wall;

    BrokerTime(Producer<byte[], byte[]> producer, String topic, String instanceId, Clock wall) {
        this.producer = producer;
        this.topic = topic;
        this.key = ("clock-" + instanceId).getBytes(UTF_8);
        this.wall = wall;
    }

    static BrokerTime connect(Settings settings) {
        int atMost = Math.toIntExact(settings.process().startTimeout().toMillis());
        Map<String, Object> config = new HashMap<>(settings.kafka().client());
        config.put(
                ProducerConfig.CLIENT_ID_CONFIG,
                "usageflow-clock-" + settings.process().instanceId());
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        config.put(ProducerConfig.ACKS_CONFIG, "1");
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, atMost);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, atMost);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, atMost);
        // No retries: if a record was sent twice, it is unknown which of the two was stamped.
        config.put(ProducerConfig.RETRIES_CONFIG, 0);
        return new BrokerTime(
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()),
                settings.topics().names().ledger(),
                settings.process().instanceId(),
                Clock.systemUTC());
    }

    /**
     * Measures how far this machine's clock is ahead of the broker's. The result is negative if it is behind, and zero
     * if the stamp lies between request and answer.
     *
     * @throws KafkaException if Kafka refuses or does not answer
     */
    Duration ahead() {
        Instant asked = wall.instant();
        try {
            long stamp = KafkaClients.answer(producer.send(new ProducerRecord<>(topic, 0, key, null)))
                    .timestamp();
            return between(asked, Instant.ofEpochMilli(stamp), wall.instant());
        } catch (KafkaException refused) {
            throw KafkaClients.naming(AclOperation.WRITE, refused);
        }
    }

    static Duration between(Instant asked, Instant stamp, Instant answered) {
        if (stamp.isBefore(asked)) {
            // A stamp has whole milliseconds.
            Duration ahead = Duration.between(stamp, asked);
            return ahead.toMillis() == 0 ? Duration.ZERO : ahead;
        }
        return stamp.isAfter(answered) ? Duration.between(stamp, answered) : Duration.ZERO;
    }

    @Override
    public void close() {
        producer.close(CLOSE_WITHIN);
    }
}
