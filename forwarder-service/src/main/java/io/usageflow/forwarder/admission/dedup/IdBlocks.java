package io.usageflow.forwarder.admission.dedup;

import io.usageflow.forwarder.admission.counters.AdmissionLedger;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import io.usageflow.forwarder.admission.dedup.index.StoredIds;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Stores the blocks of one partition's ids under the ordinal of their first id, and the forgotten mark of {@link
 * AgeGuard}. Blocks are appended, dropped from the front, and never changed. Belongs to one task.
 */
final class IdBlocks implements StoredIds {
    /** Shorter than a block's key, so it sorts before all blocks. */
    private static final Bytes MARK = Bytes.wrap(new byte[] {0});

    private static final Bytes LOWEST = key(0);
    /** Above any ordinal, and below the keys of {@link AdmissionLedger} in the same store. */
    private static final Bytes HIGHEST = key((1L << 56) - 1);

    private final KeyValueStore<Bytes, byte[]> store;

    IdBlocks(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    @Override
    public long first() {
        IdBlock block = from(0);
        return block == null ? 0 : block.first();
    }

    @Override
    public long end() {
        IdBlock block = nearest(store.reverseRange(LOWEST, HIGHEST));
        return block == null ? 0 : block.end();
    }

    @Override
    public Optional<byte[]> digestOfBlockBefore(long end) {
        IdBlock block = end == 0 ? null : nearest(store.reverseRange(LOWEST, key(end - 1)));
        return block == null || block.end() != end ? Optional.empty() : Optional.of(block.digest());
    }

    @Override
    public void read(long from, Reader reader) {
        long expected = from;
        try (KeyValueIterator<Bytes, byte[]> blocks = store.range(key(from), HIGHEST)) {
            while (blocks.hasNext()) {
                IdBlock block = block(blocks.next());
                if (block.first() != expected) {
                    return;
                }
                block.forEach(reader::id);
                reader.blockEnded(block::digest);
                expected = block.end();
            }
        }
    }

    /** The block of an id that was written and not forgotten. */
    IdBlock holding(long ordinal) {
        IdBlock block = nearest(store.reverseRange(LOWEST, key(ordinal)));
        if (block == null || ordinal >= block.end()) {
            throw new IllegalStateException("id number " + ordinal + " is in the index but in no block: the"
                    + " state folder is damaged; stop, remove it, and restart");
        }
        return block;
    }

    /** The first block that begins at the ordinal or later. */
    @Nullable
    IdBlock from(long ordinal) {
        return nearest(store.range(key(ordinal), HIGHEST));
    }

    /** The ordinal from which on blocks were remembered at that append time or later, between two ordinals. */
    long firstSince(long appendTime, long from, long to) {
        long low = from;
        long high = to;
        while (low < high) {
            IdBlock middle = holding(low + (high - low) / 2);
            if (middle.rememberedUntil() < appendTime) {
                low = middle.end();
            } else {
                high = middle.first();
            }
        }
        return low;
    }

    void append(IdBlock block) {
        store.put(key(block.first()), block.bytes());
    }

    void drop(IdBlock block) {
        store.put(key(block.first()), null);
    }

    /** The forgotten mark; {@link Long#MIN_VALUE} if none was set. */
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

    /**
     * Consecutive ids in stored form: a header of 9 bytes, then 40 bytes for each id.
     *
     * @param first ordinal of its first id
     * @param bytes see {@link #of}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record IdBlock(long first, byte[] bytes) {
        private static final byte FORM = 1;
        private static final int HEADER_BYTES = 1 + Long.BYTES;
        private static final int ENTRY_BYTES = 5 * Long.BYTES;

        IdBlock {
            if (bytes[0] != FORM) {
                throw new IllegalStateException("a block of ids has form " + bytes[0] + ", but this version reads "
                        + FORM + ": was it written by a newer version?");
            }
        }

        /** Encodes a block; {@code rememberedUntil} is the latest append time of its records, in Unix milliseconds. */
        static IdBlock of(long first, long rememberedUntil, List<IdEntry> entries) {
            ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + entries.size() * ENTRY_BYTES);
            out.put(FORM).putLong(rememberedUntil);
            for (IdEntry entry : entries) {
                DedupResult.FirstRecord memory = entry.memory();
                out.putLong(entry.high())
                        .putLong(entry.low())
                        .putLong(memory.seenAt())
                        .putLong(memory.fingerprint())
                        .putLong(place(memory));
            }
            return new IdBlock(first, out.array());
        }

        int count() {
            return (bytes.length - HEADER_BYTES) / ENTRY_BYTES;
        }

        /** The ordinal after the last id. */
        long end() {
            return first + count();
        }

        long rememberedUntil() {
            return ByteBuffer.wrap(bytes).getLong(1);
        }

        IdEntry entry(long ordinal) {
            ByteBuffer in = ByteBuffer.wrap(bytes).position(at(ordinal));
            return new IdEntry(in.getLong(), in.getLong(), memory(in.getLong(), in.getLong(), in.getLong()));
        }

        /** The ids alone. */
        void forEach(IdConsumer action) {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            for (int at = HEADER_BYTES; at < bytes.length; at += ENTRY_BYTES) {
                action.accept(in.getLong(at), in.getLong(at + Long.BYTES));
            }
        }

        /** SHA-256 of its place and content. */
        byte[] digest() {
            try {
                MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                sha256.update(key(first).get());
                return sha256.digest(bytes);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform must offer SHA-256", e);
            }
        }

        interface IdConsumer {
            void accept(long high, long low);
        }

        private int at(long ordinal) {
            return HEADER_BYTES + (int) (ordinal - first) * ENTRY_BYTES;
        }

        private static DedupResult.FirstRecord memory(long seenAt, long fingerprint, long place) {
            return new DedupResult.FirstRecord(
                    seenAt, fingerprint, (place & 1) == 0 ? InputSource.EVENTS : InputSource.REPLAYS, place >> 1);
        }

        private static long place(DedupResult.FirstRecord memory) {
            return memory.offset() << 1 | (memory.input() == InputSource.EVENTS ? 0 : 1);
        }

        /**
         * An id and its first record.
         *
         * @param high first 64 bits of the id
         * @param low the other 64
         */
        record IdEntry(long high, long low, DedupResult.FirstRecord memory) {
            boolean isOf(long otherHigh, long otherLow) {
                return high == otherHigh && low == otherLow;
            }
        }
    }
}
