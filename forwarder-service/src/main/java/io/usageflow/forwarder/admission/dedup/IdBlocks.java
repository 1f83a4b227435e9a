package io.usageflow.forwarder.admission.dedup;

import io.usageflow.forwarder.admission.counters.AdmissionLedger;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one partition's ids in their store, under the ordinal of their first id: written at the end, dropped
 * from the front, and never changed; and the forgotten mark of {@link AgeGuard}. Belongs to one task.
 */
final class IdBlocks {
    /** Shorter than a block's key, so before all of them. */
    private static final Bytes MARK = Bytes.wrap(new byte[] {0});

    private static final Bytes LOWEST = key(0);
    /** More ids than there will ever be; before the keys of {@link AdmissionLedger}, which shares the store. */
    private static final Bytes HIGHEST = key((1L << 56) - 1);

    private final KeyValueStore<Bytes, byte[]> store;

    IdBlocks(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    void forEach(Consumer<IdBlock> action) {
        try (KeyValueIterator<Bytes, byte[]> blocks = store.range(LOWEST, HIGHEST)) {
            while (blocks.hasNext()) {
                action.accept(block(blocks.next()));
            }
        }
    }

    /** The block that holds the ordinal, which must be that of an id that was written and not forgotten. */
    IdBlock holding(long ordinal) {
        IdBlock block = nearest(store.reverseRange(LOWEST, key(ordinal)));
        if (block == null || ordinal >= block.end()) {
            throw new IllegalStateException("id number " + ordinal + " is in no block, although the index has it: the"
                    + " state folder is damaged; stop, remove it, and start again");
        }
        return block;
    }

    /** The block that begins there or later. */
    @Nullable
    IdBlock from(long ordinal) {
        return nearest(store.range(key(ordinal), HIGHEST));
    }

    void append(IdBlock block) {
        store.put(key(block.first()), block.bytes());
    }

    void drop(IdBlock block) {
        store.put(key(block.first()), null);
    }

    /** {@link Long#MIN_VALUE} where none was set. */
    long mark() {
        byte[] mark = store.get(MARK);
        return mark == null ? Long.MIN_VALUE : ByteBuffer.wrap(mark).getLong();
    }

    void setMark(long mark) {
        store.put(MARK, ByteBuffer.allocate(Long.BYTES).putLong(mark).array());
    }

    private static @Nullable IdBlock nearest(KeyValueIterator<Bytes, byte[]> blocks) {
        try (blocks) {
            return blocks.hasNext() ? block(blocks.next()) : null;
        }
    }

    private static IdBlock block(KeyValue<Bytes, byte[]> entry) {
        return new IdBlock(ByteBuffer.wrap(entry.key.get()).getLong(), entry.value);
    }

    private static Bytes key(long ordinal) {
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(ordinal).array());
    }
}
