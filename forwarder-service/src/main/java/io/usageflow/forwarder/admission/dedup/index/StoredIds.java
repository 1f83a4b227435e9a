package io.usageflow.forwarder.admission.dedup.index;

import java.util.Optional;

/** The ids in the store, in blocks of consecutive ordinals: what the index is derived from. */
public interface StoredIds {
    /** The ordinal of the first id; {@link #end()} if there is none. */
    long first();

    /** The ordinal after the last id; 0 if there is none. */
    long end();

    /** SHA-256 of the block that ends before this ordinal; empty if no block ends there. */
    Optional<byte[]> digestOfBlockBefore(long end);

    /** Reads the blocks from the one that begins at this ordinal, up to the last or the first gap. */
    void read(long from, Reader reader);

    /** Takes ids in the order of their ordinals. */
    interface Reader {
        void id(long high, long low);

        void blockEnded(java.util.function.Supplier<byte[]> digest);
    }
}
