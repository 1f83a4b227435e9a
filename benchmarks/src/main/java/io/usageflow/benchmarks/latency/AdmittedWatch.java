package io.usageflow.benchmarks.latency;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.cluster.ChildProcess.MicrosFile;
import io.usageflow.benchmarks.load.EventIds;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the deliverable events as delivery does, to tell when admission was done with each and when it could be seen.
 * Own thread; close it.
 */
final class AdmittedWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final AtomicLongArray admittedMicros;
    private final AtomicLongArray visibleMicros;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile @Nullable RuntimeException failure;

    /** Starts the thread, for at most this many events. */
    AdmittedWatch(BenchmarkCluster cluster, String topic, int events) {
        admittedMicros = new AtomicLongArray(events);
        visibleMicros = new AtomicLongArray(events);
        thread = new Thread(() -> watch(cluster, topic), "admitted");
        thread.start();
    }

    /** When admission took it in hand, to the millisecond, in microseconds of the epoch; 0 if it did not. */
    long admittedMicros(int sequence) {
        return admittedMicros.get(sequence);
    }

    /** When it was committed and could be read; 0 if it was not. */
    long visibleMicros(int sequence) {
        return visibleMicros.get(sequence);
    }

    private void watch(BenchmarkCluster cluster, String topic) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrapServers());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, "admitted-watch");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                Deserializer<DeliverableEvent> deserializer =
                        AvroSerdes.valueDeserializer(cluster.registrySettings(), DeliverableEvent.class)) {
            consumer.subscribe(List.of(topic));
            while (!stopping) {
                var records = consumer.poll(POLL);
                long now = MicrosFile.now();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    DeliverableEvent event = deserializer.deserialize(topic, record.headers(), record.value());
                    int sequence = (int) EventIds.sequence(event.getEventId());
                    admittedMicros.set(sequence, event.getAdmittedAt().toEpochMilli() * 1_000);
                    visibleMicros.set(sequence, now);
                }
            }
        } catch (RuntimeException failed) {
            failure = failed;
        }
    }

    /** Whether all of the first events were committed and could be read. */
    boolean sawAll(int events) {
        for (int i = events - 1; i >= 0; i--) {
            if (visibleMicros(i) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Throws if reading has failed. */
    void requireAlive() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw new IllegalStateException("the deliverable events cannot be watched: " + failed, failed);
        }
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
