package io.usageflow.forwarder.admission;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes that one stream thread has read and not yet processed. Streams bounds what it buffers in records only: a
 * thousand of a partition, and each may have megabytes after decompression.
 *
 * <p>Belongs to one thread: its consumer adds, its processors subtract.
 */
final class BufferedBytes {
    static final long BYTES_MAX = 32L * 1024 * 1024;

    /** Where nothing is processed for so long, what was counted is no longer there, or will not be processed soon. */
    static final Duration STUCK_AFTER = Duration.ofSeconds(10);

    private static final ThreadLocal<BufferedBytes> OF_THREAD =
            ThreadLocal.withInitial(() -> new BufferedBytes(System::nanoTime));

    private static final int OVERHEAD_BYTES = 100;

    private final LongSupplier nanoClock;
    private final Map<TopicPartition, Long> bytes = new HashMap<>();
    private long total;
    private long progressNanos;

    BufferedBytes(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.progressNanos = nanoClock.getAsLong();
    }

    static BufferedBytes ofThisThread() {
        return OF_THREAD.get();
    }

    void read(Iterable<ConsumerRecord<byte[], byte[]>> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            long size = size(record.key(), record.value(), record.headers());
            bytes.merge(new TopicPartition(record.topic(), record.partition()), size, Long::sum);
            total += size;
        }
    }

    /** A record has come to its processor. */
    void processed(String topic, int partition, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        progressNanos = nanoClock.getAsLong();
        long size = size(key, value, headers);
        bytes.computeIfPresent(new TopicPartition(topic, partition), (at, held) -> {
            long left = Math.max(0, held - size);
            total -= held - left;
            return left == 0 ? null : left;
        });
    }

    /** The consumer was sent elsewhere in that partition: Streams has dropped what it held. */
    void forget(TopicPartition partition) {
        Long held = bytes.remove(partition);
        total -= held == null ? 0 : held;
    }

    /**
     * Whether nothing more should be read now.
     *
     * @param assigned what the consumer has; the records of other partitions were dropped
     */
    boolean isFull(Collection<TopicPartition> assigned) {
        if (total <= BYTES_MAX) {
            return false;
        }
        bytes.keySet().retainAll(assigned);
        total = bytes.values().stream().mapToLong(Long::longValue).sum();
        if (total > BYTES_MAX && nanoClock.getAsLong() - progressNanos > STUCK_AFTER.toNanos()) {
            bytes.clear();
            total = 0;
            progressNanos = nanoClock.getAsLong();
        }
        return total > BYTES_MAX;
    }

    private static long size(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return OVERHEAD_BYTES + RecordSize.of(key, value, headers);
    }
}
