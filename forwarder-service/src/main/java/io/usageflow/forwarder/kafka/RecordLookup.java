package io.usageflow.forwarder.kafka;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads single records of a topic by their offsets. Ascending offsets of a partition that are near each other are read
 * sequentially. Not thread-safe; close it.
 */
public final class RecordLookup implements AutoCloseable {
    /** Up to this distance, reading on is cheaper than a seek. */
    private static final long READ_ON_MAX = 10_000;

    private final String topic;
    private final PartitionReader reader;
    private final Map<TopicPartition, Long> ends;
    private int partition = -1;
    private long position;

    /** @param kafka how to reach the brokers */
    public RecordLookup(Map<String, ?> kafka, String topic) {
        this.topic = topic;
        reader = new PartitionReader(kafka, topic);
        ends = reader.ends();
    }

    /** The offset after the partition's last record when the lookup was opened; 0 for a partition that is not there. */
    public long end(int wanted) {
        return ends.getOrDefault(new TopicPartition(topic, wanted), 0L);
    }

    /**
     * Returns the record; empty if it has expired.
     *
     * @param offset below {@link #end}
     */
    public Optional<ConsumerRecord<byte[], byte[]>> at(int wanted, long offset) {
        if (wanted != partition || offset < position || offset - position > READ_ON_MAX) {
            reader.seek(wanted, offset);
            partition = wanted;
        }
        position = offset;
        Optional<ConsumerRecord<byte[], byte[]>> record = reader.next(offset + 1);
        while (record.isPresent() && record.get().offset() < offset) {
            record = reader.next(offset + 1);
        }
        if (record.isPresent()) {
            position = offset + 1;
        }
        return record;
    }

    @Override
    public void close() {
        reader.close();
    }
}
