package io.usageflow.forwarder.admission.dedup;

import io.usageflow.forwarder.admission.dedup.index.IdIndex;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A store of ids that also keeps the {@link IdIndex} of its ids, in the folder {@value #FOLDER} of its task.
 *
 * <p>While Streams restores the task or updates a standby, it calls {@link #commit} again and again and once at the
 * end, in a thread that processes no events (Kafka 4.3.1, {@code DefaultStateUpdater}). The index is built in these
 * calls, so that a task with many ids begins, or takes over, without a long pause. Only committed records are restored.
 *
 * <p>Between {@link #openIndex} and {@link #closeIndex} the index belongs to the processor. Used by one thread at a
 * time, as Streams uses every store.
 */
public final class IndexedIdStore implements StateStore {
    static final String FOLDER = "id-index";

    private final KeyValueStore<Bytes, byte[]> records;
    private final IdBlocks blocks;
    private final IdIndex.Sizes sizes;
    private @Nullable Path folder;
    private @Nullable IdIndex index;
    private boolean processing;
    /** The processor closed, and its last commit is still to come. */
    private boolean closing;
    /** The end of the ids after that commit: until there are more, this is no standby, and needs no index. */
    private long endAtClose = -1;

    IndexedIdStore(KeyValueStore<Bytes, byte[]> records, IdIndex.Sizes sizes) {
        this.records = records;
        this.blocks = new IdBlocks(records);
        this.sizes = sizes;
    }

    /** Of an open store outside Streams, with the index in the folder of a task. */
    public static IndexedIdStore of(KeyValueStore<Bytes, byte[]> records, Path taskFolder, IdIndex.Sizes sizes) {
        IndexedIdStore store = new IndexedIdStore(records, sizes);
        store.folder = taskFolder.resolve(FOLDER);
        return store;
    }

    /** Builds a store with an index from one without. */
    public static StoreBuilder<IndexedIdStore> around(
            StoreBuilder<KeyValueStore<Bytes, byte[]>> records, IdIndex.Sizes sizes) {
        return new Builder(records, sizes);
    }

    /** The records: ids and whatever else the task keeps in the same store. */
    public KeyValueStore<Bytes, byte[]> records() {
        return records;
    }

    /** The index of all ids in the store, which must be committed. */
    public IdIndex openIndex() {
        processing = true;
        closing = false;
        return upToDate();
    }

    /** To be called when the processor closes: it may read and write records, but looks up no more ids. */
    public void closeIndex() {
        processing = false;
        closing = true;
        dropIndex();
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        folder = context.stateDir().toPath().resolve(FOLDER);
        records.init(context, root);
    }

    @Override
    public void commit(Map<TopicPartition, Long> changelogOffsets) {
        records.commit(changelogOffsets);
        if (closing) {
            closing = false;
            endAtClose = blocks.end();
        } else if (!processing && blocks.end() != endAtClose) {
            upToDate();
        }
    }

    @Override
    public @Nullable Long committedOffset(TopicPartition partition) {
        return records.committedOffset(partition);
    }

    @Override
    public boolean managesOffsets() {
        return records.managesOffsets();
    }

    @Override
    public void close() {
        try {
            dropIndex();
        } finally {
            records.close();
        }
    }

    @Override
    public String name() {
        return records.name();
    }

    @Override
    public boolean persistent() {
        return records.persistent();
    }

    @Override
    public boolean isOpen() {
        return records.isOpen();
    }

    private IdIndex upToDate() {
        IdIndex current = index;
        if (current != null && current.catchUp(blocks)) {
            return current;
        }
        dropIndex();
        if (folder == null) {
            throw new IllegalStateException("the store " + name() + " is not initialized");
        }
        IdIndex opened = IdIndex.open(folder, sizes, blocks);
        index = opened;
        return opened;
    }

    private void dropIndex() {
        IdIndex current = index;
        index = null;
        if (current != null) {
            current.close();
        }
    }

    private record Builder(StoreBuilder<KeyValueStore<Bytes, byte[]>> records, IdIndex.Sizes sizes)
            implements StoreBuilder<IndexedIdStore> {
        @Override
        public IndexedIdStore build() {
            return new IndexedIdStore(records.build(), sizes);
        }

        @Override
        public String name() {
            return records.name();
        }

        @Override
        public Map<String, String> logConfig() {
            return records.logConfig();
        }

        @Override
        public boolean loggingEnabled() {
            return records.loggingEnabled();
        }

        @Override
        public StoreBuilder<IndexedIdStore> withCachingEnabled() {
            throw new UnsupportedOperationException("this store has its own buffers in the heap");
        }

        @Override
        public StoreBuilder<IndexedIdStore> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<IndexedIdStore> withLoggingEnabled(Map<String, String> config) {
            return new Builder(records.withLoggingEnabled(config), sizes);
        }

        @Override
        public StoreBuilder<IndexedIdStore> withLoggingDisabled() {
            throw new UnsupportedOperationException("ids without a changelog would be lost");
        }
    }
}
