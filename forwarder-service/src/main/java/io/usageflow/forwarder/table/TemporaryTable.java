package io.usageflow.forwarder.table;

import io.usageflow.schema.text.VisibleText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes by bytes in a RocksDB in a temporary folder, which {@link #close} removes, and the end of the process where a
 * command is cancelled. Heap does not grow with their number. Not thread-safe.
 */
public final class TemporaryTable implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TemporaryTable.class);
    private static final int MEMTABLE_BYTES = 16 << 20;
    private static final int BLOOM_BITS = 10;

    static {
        RocksDB.loadLibrary();
    }

    private final Path folder;
    private final BloomFilter bloom = new BloomFilter(BLOOM_BITS);
    private final Options options = new Options();
    private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
    private final RocksDB db;
    /** For commands that are cancelled. */
    private final Thread onProcessEnd;

    private TemporaryTable(Path folder, String name) throws RocksDBException {
        this.folder = folder;
        onProcessEnd = new Thread(this::removeFolder, "usageflow-" + name + "-end");
        options.setCreateIfMissing(true)
                .setWriteBufferSize(MEMTABLE_BYTES)
                .setMaxWriteBufferNumber(2)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig().setFilterPolicy(bloom));
        db = RocksDB.open(options, folder.toString());
        Runtime.getRuntime().addShutdownHook(onProcessEnd);
    }

    /**
     * Creates an empty table in a temporary folder.
     *
     * @param name of its folder, for people who look into the temporary folder
     */
    public static TemporaryTable open(String name) {
        try {
            return new TemporaryTable(Files.createTempDirectory("usageflow-" + name + "-"), name);
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "no temporary folder for a table of " + name + " can be made in "
                            + System.getProperty("java.io.tmpdir"),
                    failed);
        } catch (RocksDBException failed) {
            throw broken(failed);
        }
    }

    /**
     * Sets the value of a key.
     *
     * @param value null removes the key
     */
    public void put(byte[] key, byte @Nullable [] value) {
        try {
            if (value == null) {
                db.delete(unlogged, key);
            } else {
                db.put(unlogged, key, value);
            }
        } catch (RocksDBException failed) {
            throw broken(failed);
        }
    }

    /** The value, or null where there is none. */
    public byte @Nullable [] get(byte[] key) {
        try {
            return db.get(key);
        } catch (RocksDBException failed) {
            throw broken(failed);
        }
    }

    @Override
    public void close() {
        db.close();
        unlogged.close();
        options.close();
        bloom.close();
        try {
            Runtime.getRuntime().removeShutdownHook(onProcessEnd);
        } catch (IllegalStateException ending) {
            // It runs already.
            return;
        }
        removeFolder();
    }

    private void removeFolder() {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException failed) {
            LOG.warn("event=folder_left folder={} why={}", folder, VisibleText.logged(failed));
        }
    }

    private static IllegalStateException broken(RocksDBException failed) {
        return new IllegalStateException(
                "the temporary table in " + System.getProperty("java.io.tmpdir") + " fails, is the disk full? "
                        + failed.getMessage(),
                failed);
    }
}
