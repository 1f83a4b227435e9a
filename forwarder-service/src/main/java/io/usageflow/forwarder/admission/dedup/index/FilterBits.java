package io.usageflow.forwarder.admission.dedup.index;

import java.nio.ByteBuffer;

/**
 * A Bloom filter in blocks of one cache line: seven bits an id in its block of 512. With 16 bits an id, about one in
 * 500 other ids seems to be there.
 */
final class FilterBits {
    private static final int BITS_PER_ID = 7;
    private static final int BIT_NUMBER_BITS = 9;
    private static final int BIT_NUMBER_MASK = (1 << BIT_NUMBER_BITS) - 1;

    private FilterBits() {}

    static void set(ByteBuffer block, int at, long hash) {
        long bits = spread(hash);
        for (int i = 0; i < BITS_PER_ID; i++, bits >>>= BIT_NUMBER_BITS) {
            int bit = (int) bits & BIT_NUMBER_MASK;
            int word = at + (bit >>> 6) * Long.BYTES;
            block.putLong(word, block.getLong(word) | 1L << bit);
        }
    }

    static boolean mayHold(ByteBuffer block, int at, long hash) {
        long bits = spread(hash);
        for (int i = 0; i < BITS_PER_ID; i++, bits >>>= BIT_NUMBER_BITS) {
            int bit = (int) bits & BIT_NUMBER_MASK;
            if ((block.getLong(at + (bit >>> 6) * Long.BYTES) & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
    }

    /** As MurmurHash3 ends, since ids of one block share the first bits of their hashes. */
    private static long spread(long hash) {
        long mixed = (hash ^ hash >>> 33) * 0xFF51_AFD7_ED55_8CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CE_B9FE_1A85_EC53L;
        return mixed ^ mixed >>> 33;
    }
}
