package io.usageflow.benchmarks.admission;

import io.usageflow.benchmarks.load.IdRecords;
import io.usageflow.forwarder.admission.streams.StoreTuning;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/** RocksDB, set up as Streams 4.3 and admission set it up, without Streams and a changelog around it. */
final class RocksRecords extends IdRecords {
    private static final long MEMORY_BYTES = 128L * 1024 * 1024;

    private final Options options = new Options();
    private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
    private final RocksDB db;

    RocksRecords(Path folder) {
        BlockBasedTableConfig table = new BlockBasedTableConfig();
        table.setBlockSize(4096);
        table.setFilterPolicy(new BloomFilter());
        options.setTableFormatConfig(table)
                .setCreateIfMissing(true)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setCompactionStyle(CompactionStyle.UNIVERSAL)
                .setWriteBufferSize(16L * 1024 * 1024)
                .setMaxWriteBufferNumber(3);
        new StoreTuning().setConfig("books", options, Map.of(StoreTuning.MEMORY_BYTES_MAX, MEMORY_BYTES));
        try {
            db = RocksDB.open(options, folder.toString());
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void put(Bytes key, byte[] value) {
        try {
            if (value == null) {
                db.delete(unlogged, key.get());
            } else {
                db.put(unlogged, key.get(), value);
            }
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public byte[] get(Bytes key) {
        try {
            return db.get(key.get());
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
        RocksIterator at = db.newIterator();
        at.seek(from.get());
        return new Range(at, at::next, to, 1);
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> reverseRange(Bytes from, Bytes to) {
        RocksIterator at = db.newIterator();
        at.seekForPrev(to.get());
        return new Range(at, at::prev, from, -1);
    }

    @Override
    public void close() {
        try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
            db.flush(flush);
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
        db.close();
        unlogged.close();
        options.close();
    }

    /** Up to a last key, in the direction of {@code sign}. */
    private record Range(RocksIterator at, Runnable step, Bytes last, int sign)
            implements KeyValueIterator<Bytes, byte[]> {
        @Override
        public boolean hasNext() {
            return at.isValid() && sign * Bytes.wrap(at.key()).compareTo(last) <= 0;
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            KeyValue<Bytes, byte[]> entry = new KeyValue<>(Bytes.wrap(at.key()), at.value());
            step.run();
            return entry;
        }

        @Override
        public Bytes peekNextKey() {
            return Bytes.wrap(at.key());
        }

        @Override
        public void close() {
            at.close();
        }
    }
}
