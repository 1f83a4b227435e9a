package io.usageflow.forwarder.admission.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One bounded cache for all stores of the process, where Streams gives each its own 50 MB and three write buffers of
 * 16 MB, so that memory would grow with partitions; and a bloom filter over what is not yet on disk. The bound is that of
 * the first instance of admission in the process.
 */
public final class StoreTuning implements RocksDBConfigSetter {
    /** Streams hands its settings through; the only key of ours among them. */
    public static final String MEMORY_BYTES_MAX = "usageflow.store.memory.max.bytes";

    private static final double MEMTABLE_BLOOM_RATIO = 0.1;

    private static @Nullable Memory shared;

    /** @param writeBuffers charged to the cache, so that the cache's size bounds both */
    private record Memory(Cache cache, WriteBufferManager writeBuffers) {
        static Memory of(long bytesMax) {
            RocksDB.loadLibrary();
            Cache cache = new LRUCache(bytesMax);
            return new Memory(cache, new WriteBufferManager(bytesMax / 2, cache));
        }
    }

    /** For Streams, which makes one for each store. */
    public StoreTuning() {}

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        Memory memory = memory(configs);
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(memory.cache);
        table.setCacheIndexAndFilterBlocks(true);
        table.setPinL0FilterAndIndexBlocksInCache(true);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(memory.writeBuffers);
        options.setMemtablePrefixBloomSizeRatio(MEMTABLE_BLOOM_RATIO);
        options.setMemtableWholeKeyFiltering(true);
    }

    @Override
    public void close(String storeName, Options options) {
        // The cache and the buffers belong to the process.
    }

    private static synchronized Memory memory(Map<String, Object> configs) {
        Memory existing = shared;
        if (existing == null) {
            Object bytesMax = configs.get(MEMORY_BYTES_MAX);
            if (bytesMax == null) {
                throw new IllegalStateException(MEMORY_BYTES_MAX + " is not among the settings of Streams");
            }
            existing = Memory.of(Long.parseLong(bytesMax.toString()));
            shared = existing;
        }
        return existing;
    }
}
