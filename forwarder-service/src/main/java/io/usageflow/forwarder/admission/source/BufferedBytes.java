package io.usageflow.forwarder.admission.source;

import io.usageflow.forwarder.admission.check.RecordSize;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes that one stream thread has read but not processed. Streams bounds its buffer only in records, and
 * each may have megabytes after decompression.
 *
 * <p>Belongs to one thread: its consumer adds, its processors subtract.
 */
public final class BufferedBytes {
    static final long BYTES_MAX = 32L * 1024 * 1024;

    /** Resets the count if nothing was processed for this time: Streams may have dropped the records. */
    static final Duration STUCK_AFTER = Duration.ofSeconds(10);

    private static final ThreadLocal<BufferedBytes> OF_THREAD =
            ThreadLocal.withInitial(() -> new BufferedBytes(System::nanoTime));

    private static final int OVERHEAD_BYTES = 100;

    private final LongSupplier nanoClock;
    private final Map<TopicPartition, Held> byPartition = new HashMap<>();
    private long total;
    private long progressNanos;
    /** The partition of the last processed record; the next record is mostly of the same one. */
    private @Nullable Held latest;

    private static final class Held {
        final TopicPartition partition;
        long bytes;

        Held(TopicPartition partition) {
            this.partition = partition;
        }

        boolean isOf(String topic, int number) {
            return partition.partition() == number && partition.topic().equals(topic);
        }
    }

    BufferedBytes(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.progressNanos = nanoClock.getAsLong();
    }

    public static BufferedBytes ofThisThread() {
        return OF_THREAD.get();
    }

    void read(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            long size = 0;
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                size += size(record.key(), record.value(), record.headers());
            }
            byPartition.computeIfAbsent(partition, Held::new).bytes += size;
            total += size;
        }
    }

    /** Subtracts a record that has reached its processor. */
    public void processed(
            String topic, int partition, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        progressNanos = nanoClock.getAsLong();
        Held held = latest;
        if (held == null || !held.isOf(topic, partition)) {
            held = byPartition.computeIfAbsent(new TopicPartition(topic, partition), Held::new);
            latest = held;
        }
        long size = Math.min(held.bytes, size(key, value, headers));
        held.bytes -= size;
        total -= size;
    }

    /** Forgets a partition after a seek, since Streams has dropped its records. */
    void forget(TopicPartition partition) {
        Held held = byPartition.remove(partition);
        total -= held == null ? 0 : held.bytes;
        latest = null;
    }

    /**
     * Whether the thread should stop reading.
     *
     * @param assigned the current partitions; records of others were dropped
     */
    boolean isFull(Collection<TopicPartition> assigned) {
        if (total <= BYTES_MAX) {
            return false;
        }
        byPartition.keySet().retainAll(assigned);
        latest = null;
        total = byPartition.values().stream().mapToLong(held -> held.bytes).sum();
        if (total > BYTES_MAX && nanoClock.getAsLong() - progressNanos > STUCK_AFTER.toNanos()) {
            byPartition.clear();
            total = 0;
            progressNanos = nanoClock.getAsLong();
        }
        return total > BYTES_MAX;
    }

    private static long size(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return OVERHEAD_BYTES + RecordSize.of(key, value, headers);
    }
}
