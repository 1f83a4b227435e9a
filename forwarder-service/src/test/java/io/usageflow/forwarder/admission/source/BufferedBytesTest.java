package io.usageflow.forwarder.admission.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BufferedBytesTest {
    private static final TopicPartition ZERO = new TopicPartition("usage.events", 0);
    private static final TopicPartition ONE = new TopicPartition("usage.events", 1);

    private final AtomicLong nanos = new AtomicLong();
    private final BufferedBytes buffered = new BufferedBytes(nanos::get);

    @Test
    void shouldStopReadingUntilEnoughIsProcessed() {
        List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
        while (!buffered.isFull(List.of(ZERO))) {
            List<ConsumerRecord<byte[], byte[]>> poll = records(ZERO, 32, 3_000_000);
            buffered.read(polled(ZERO, poll));
            read.addAll(poll);
        }

        // One poll beyond the bound at most: 32 records of 3 MB.
        assertThat(read).hasSize(32);
        int processed = 0;
        while (buffered.isFull(List.of(ZERO))) {
            process(read.get(processed++));
        }
        assertThat(processed).isBetween(20, 22);
    }

    @Test
    void shouldLetAThousandUsualRecordsPass() {
        buffered.read(polled(ZERO, records(ZERO, 5_000, 1_000)));

        assertThat(buffered.isFull(List.of(ZERO))).isFalse();
    }

    @Test
    void shouldForgetWhatWasReadOfPartitionsThatAreGoneOrReadAgain() {
        buffered.read(polled(ZERO, records(ZERO, 20, 3_000_000)));
        buffered.read(polled(ONE, records(ONE, 20, 3_000_000)));
        assertThat(buffered.isFull(List.of(ZERO, ONE))).isTrue();

        assertThat(buffered.isFull(List.of(ONE))).as("one of them is left").isTrue();
        buffered.forget(ONE);
        assertThat(buffered.isFull(List.of(ONE))).isFalse();
    }

    /** A count that is wrong must not stop the reading for good. */
    @Test
    void shouldReadAgainWhereNothingIsProcessedForLong() {
        buffered.read(polled(ZERO, records(ZERO, 20, 3_000_000)));
        nanos.addAndGet(BufferedBytes.STUCK_AFTER.toNanos());
        assertThat(buffered.isFull(List.of(ZERO))).isTrue();
        nanos.addAndGet(1);

        assertThat(buffered.isFull(List.of(ZERO))).isFalse();
    }

    private void process(ConsumerRecord<byte[], byte[]> record) {
        buffered.processed(record.topic(), record.partition(), record.key(), record.value(), record.headers());
    }

    @Test
    void shouldNotTakeOnePartitionsRecordsForAnothers() {
        List<ConsumerRecord<byte[], byte[]>> zero = records(ZERO, 12, 3_000_000);
        List<ConsumerRecord<byte[], byte[]>> one = records(ONE, 12, 3_000_000);
        buffered.read(new ConsumerRecords<>(Map.of(ZERO, zero, ONE, one), Map.of()));
        for (int i = 0; i < 6; i++) {
            process(zero.get(i));
            process(one.get(i));
        }
        assertThat(buffered.isFull(List.of(ZERO, ONE))).isTrue();

        buffered.forget(ZERO);
        zero.subList(6, 12).forEach(this::process);
        one.subList(6, 12).forEach(this::process);
        buffered.read(polled(ONE, records(ONE, 11, 3_000_000)));

        assertThat(buffered.isFull(List.of(ZERO, ONE)))
                .as("33 MB of one partition are below the bound of 32 MiB")
                .isFalse();
        buffered.read(polled(ONE, records(ONE, 1, 3_000_000)));
        assertThat(buffered.isFull(List.of(ZERO, ONE))).isTrue();
    }

    private static ConsumerRecords<byte[], byte[]> polled(
            TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        return new ConsumerRecords<>(Map.of(partition, records), Map.of());
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(TopicPartition partition, int count, int bytes) {
        byte[] value = new byte[bytes];
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ConsumerRecord<byte[], byte[]> record =
                    new ConsumerRecord<>(partition.topic(), partition.partition(), i, new byte[6], value);
            record.headers().add("traceparent", new byte[55]);
            records.add(record);
        }
        return records;
    }
}
