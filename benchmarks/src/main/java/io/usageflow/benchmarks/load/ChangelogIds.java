package io.usageflow.benchmarks.load;

import io.usageflow.forwarder.admission.dedup.AgeGuard;
import io.usageflow.forwarder.admission.dedup.DedupResult;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import io.usageflow.forwarder.admission.dedup.DedupStore;
import io.usageflow.forwarder.admission.dedup.IndexedIdStore;
import io.usageflow.forwarder.admission.dedup.index.IdIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jspecify.annotations.Nullable;

/**
 * Random ids, written to the changelog of admission's store by the store's own writer: what admission would have
 * written for as many events, evenly over the last 34 days. Admission that starts without its state folder reads them.
 * Far faster than sending the events. Not thread-safe.
 */
public final class ChangelogIds implements AutoCloseable {
    private static final Duration WINDOW = Duration.ofDays(35);
    private static final Duration SPREAD = Duration.ofDays(34);
    private static final int HEAP_IDS = 500_000;
    /** Ids of a block, as in a transaction under load. */
    private static final int TRANSACTION_IDS = 1_000;

    private final Path scratch;
    private final Producer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private long records;

    /**
     * Opens the producer.
     *
     * @param scratch a folder for the index that the writer needs, 10 bytes for each id of a partition
     */
    public ChangelogIds(String bootstrapServers, Path scratch) {
        this.scratch = scratch;
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        512 * 1024,
                        ProducerConfig.LINGER_MS_CONFIG,
                        20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /**
     * Writes ids to each partition, and returns when all are durable. The partitions must have no ids.
     *
     * @return the number of records
     */
    public long write(String changelog, int partitions, long ids) {
        records = 0;
        for (int partition = 0; partition < partitions; partition++) {
            writePartition(changelog, partition, ids * (partition + 1) / partitions - ids * partition / partitions);
        }
        producer.flush();
        requireWritten();
        return records;
    }

    @Override
    public void close() {
        producer.close();
    }

    private void writePartition(String changelog, int partition, long ids) {
        Path folder = scratch.resolve(Integer.toString(partition));
        // No files are merged: nothing is looked up.
        IndexedIdStore indexed = IndexedIdStore.of(
                new Changelog(changelog, partition), folder, new IdIndex.Sizes(HEAP_IDS, Integer.MAX_VALUE));
        DedupStore store = new DedupStore(
                indexed.records(),
                indexed.openIndex(),
                new AgeGuard(WINDOW, Duration.ofHours(1)),
                count -> Long.MAX_VALUE);
        SplittableRandom random = new SplittableRandom(partition);
        long now = System.currentTimeMillis();
        for (long i = 0; i < ids; i++) {
            long seenAt = now - SPREAD.toMillis() + (long) ((double) SPREAD.toMillis() * i / ids);
            UUID id = new UUID((random.nextLong() & ~0xF000L) | 0x4000, random.nextLong());
            store.remember(id, new DedupResult.FirstRecord(seenAt, random.nextLong(), InputSource.EVENTS, i), seenAt);
            if ((i + 1) % TRANSACTION_IDS == 0) {
                store.write();
                requireWritten();
            }
        }
        store.write();
        indexed.closeIndex();
        try {
            Utils.delete(folder.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " could not be deleted", e);
        }
    }

    private void requireWritten() {
        Exception failed = failure.get();
        if (failed != null) {
            throw new KafkaException("ids could not be written to the changelog", failed);
        }
    }

    /** An empty store whose writes go to one partition of the changelog. */
    private final class Changelog extends IdRecords {
        private final String topic;
        private final int partition;

        Changelog(String topic, int partition) {
            this.topic = topic;
            this.partition = partition;
        }

        @Override
        public void put(Bytes key, byte[] value) {
            records++;
            var unused = producer.send(new ProducerRecord<>(topic, partition, key.get(), value), (at, failed) -> {
                if (failed != null) {
                    failure.compareAndSet(null, failed);
                }
            });
        }

        @Override
        public byte @Nullable [] get(Bytes key) {
            return null;
        }

        @Override
        public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
            return new None();
        }

        @Override
        public KeyValueIterator<Bytes, byte[]> reverseRange(Bytes from, Bytes to) {
            return new None();
        }

        @Override
        public void close() {
            // The producer stays open for the next partition.
        }
    }

    private static final class None implements KeyValueIterator<Bytes, byte[]> {
        @Override
        public boolean hasNext() {
            return false;
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            throw new java.util.NoSuchElementException();
        }

        @Override
        public Bytes peekNextKey() {
            throw new java.util.NoSuchElementException();
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
