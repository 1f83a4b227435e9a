package io.usageflow.forwarder.admission.source;

import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.kafka.RecordCutter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;

/**
 * Consumers with bounded memory. They keep only the beginning of records beyond {@link RecordBounds}. The main consumer
 * stops reading while {@link BufferedBytes} is full, and starts at {@link SourceOffsets}.
 *
 * <p>With {@code streams.group.protocol=streams}, Streams creates the main consumer itself, bounded only by {@code
 * max.poll.records}.
 */
public final class BoundedConsumers {
    /** Bounds of vendor links, which have about a hundred bytes. */
    public static final RecordBounds VENDOR_LINKS = new RecordBounds(RecordBounds.BEGINNING_BYTES);

    private BoundedConsumers() {}

    public static Consumer<byte[], byte[]> main(
            Map<String, Object> config, RecordBounds bounds, SourceOffsets offsets) {
        return new Bounded(config, new RecordCutter(bounds), offsets);
    }

    public static Consumer<byte[], byte[]> global(Map<String, Object> config) {
        return new Timed(config, new RecordCutter(VENDOR_LINKS));
    }

    private static final class Bounded extends KafkaConsumer<byte[], byte[]> {
        private final SourceOffsets offsets;

        Bounded(Map<String, Object> config, RecordCutter cutter, SourceOffsets offsets) {
            super(config, cutter.keys(), cutter.values());
            this.offsets = offsets;
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            BufferedBytes buffered = BufferedBytes.ofThisThread();
            if (buffered.isFull(assignment())) {
                // Like an empty poll: the thread processes the records that it has.
                LockSupport.parkNanos(
                        Math.min(timeout.toNanos(), Duration.ofMillis(10).toNanos()));
                return ConsumerRecords.empty();
            }
            ConsumerRecords<byte[], byte[]> records = offsets.poll(this, timeout, super::poll);
            buffered.read(records);
            return records;
        }

        @Override
        public void seek(TopicPartition partition, long offset) {
            BufferedBytes.ofThisThread().forget(partition);
            super.seek(partition, offset);
        }

        @Override
        public void seek(TopicPartition partition, OffsetAndMetadata offset) {
            BufferedBytes.ofThisThread().forget(partition);
            super.seek(partition, offset);
        }
    }

    /** Sets missing timestamps: for a global store, Streams calls no extractor and fails without a timestamp. */
    private static final class Timed extends KafkaConsumer<byte[], byte[]> {
        Timed(Map<String, Object> config, RecordCutter cutter) {
            super(config, cutter.keys(), cutter.values());
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            return timed(super.poll(timeout));
        }
    }

    /** The same records, with 0 for a missing timestamp. */
    public static ConsumerRecords<byte[], byte[]> timed(ConsumerRecords<byte[], byte[]> records) {
        boolean allTimed = true;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            allTimed &= record.timestamp() >= 0;
        }
        if (allTimed) {
            return records;
        }
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> timed = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
            records.records(partition).forEach(record -> all.add(timed(record)));
            timed.put(partition, all);
        }
        return new ConsumerRecords<>(timed, records.nextOffsets());
    }

    private static ConsumerRecord<byte[], byte[]> timed(ConsumerRecord<byte[], byte[]> record) {
        return record.timestamp() >= 0
                ? record
                : new ConsumerRecord<>(
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        0,
                        TimestampType.CREATE_TIME,
                        record.serializedKeySize(),
                        record.serializedValueSize(),
                        record.key(),
                        record.value(),
                        record.headers(),
                        record.leaderEpoch());
    }
}
