package io.usageflow.benchmarks.side.dedup;

import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** A way to remember ids. Every one has its changelog on and Streams' record cache off. */
public interface DedupStore {
    /** The store's name in Streams. */
    String NAME = "seen";

    StoreBuilder<?> builder();

    /** What a task asks, over its own store. */
    SeenIds open(StateStore store);

    /** The recipe of the tutorials: see {@link WindowRangeStore}. */
    static DedupStore windowRange() {
        return new WindowRangeStore();
    }

    /** See {@link WindowExactStore}. */
    static DedupStore windowExact() {
        return new WindowExactStore();
    }

    /** Get, then put, on disk; how RocksDB is set up is a setting of Streams. */
    static DedupStore keyValue() {
        return new KeyValueDedup(Stores.persistentKeyValueStore(NAME), KeyValueSeen::new);
    }

    /** As {@link #keyValue()}, with a filter before it: see {@link FilteredSeen}. */
    static DedupStore filteredKeyValue() {
        return new KeyValueDedup(Stores.persistentKeyValueStore(NAME), FilteredSeen::new);
    }

    /** Get, then put, in Streams' own sorted map in the heap. */
    static DedupStore inMemory() {
        return new KeyValueDedup(Stores.inMemoryKeyValueStore(NAME), KeyValueSeen::new);
    }

    /** The part that key-value stores have in common. */
    record KeyValueDedup(KeyValueBytesStoreSupplier supplier, Function<KeyValueStore<Bytes, byte[]>, SeenIds> opened)
            implements DedupStore {
        @Override
        public StoreBuilder<?> builder() {
            return Stores.keyValueStoreBuilder(supplier, Serdes.Bytes(), Serdes.ByteArray())
                    .withCachingDisabled()
                    .withLoggingEnabled(Map.of());
        }

        @Override
        @SuppressWarnings("unchecked") // the builder's own store
        public SeenIds open(StateStore store) {
            return opened.apply((KeyValueStore<Bytes, byte[]>) store);
        }
    }
}
