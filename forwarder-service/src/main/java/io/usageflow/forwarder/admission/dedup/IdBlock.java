package io.usageflow.forwarder.admission.dedup;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Ids that were remembered one after the other, as they stand in the store: a header of 9 bytes, then 40 bytes an id.
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
            throw new IllegalStateException("a block of ids has form " + bytes[0] + ", and this version reads " + FORM
                    + ": was it written by a newer version?");
        }
    }

    /** @param rememberedUntil the latest append time of the records its ids came with, Unix milliseconds */
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

    /** Ordinal of the id after its last. */
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

    /** {@link IdIndex#hash} of an id, without making its entry. */
    long hash(long ordinal, IdIndex index) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int at = at(ordinal);
        return index.hash(in.getLong(at), in.getLong(at + Long.BYTES));
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
     * An id and what is remembered of it.
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
