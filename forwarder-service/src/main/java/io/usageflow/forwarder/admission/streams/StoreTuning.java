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
 * Gives all stores of the process one bounded cache, and bloom filters over the memtables. By default, Streams gives
 * each store 50 MB and three write buffers of 16 MB, so memory would grow with partitions. The first instance of
 * admission in the process sets the bound.
 */
public final class StoreTuning implements RocksDBConfigSetter {
    /** Our only key among the settings that Streams passes on. */
    public static final String MEMORY_BYTES_MAX = "usageflow.store.memory.max.bytes";

    private static final double MEMTABLE_BLOOM_RATIO = 0.1;

    private static @Nullable Memory shared;

    /** Write buffers are charged to the cache, so the size of the cache bounds both. */
    private record Memory(Cache cache, WriteBufferManager writeBuffers) {
        static Memory of(long bytesMax) {
            RocksDB.loadLibrary();
            Cache cache = new LRUCache(bytesMax);
            return new Memory(cache, new WriteBufferManager(bytesMax / 2, cache));
        }
    }

    /** Created by Streams for each store. */
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
