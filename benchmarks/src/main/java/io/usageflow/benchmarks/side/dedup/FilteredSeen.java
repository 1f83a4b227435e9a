package io.usageflow.benchmarks.side.dedup;

import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * A Bloom filter in the heap before the store: most ids are new, and for 99 in 100 of those the store need not be asked. Filled
 * from the store when the task starts. Of a fixed size here, 16 MiB a task, enough for 13 million ids at that rate.
 */
final class FilteredSeen implements SeenIds {
    private static final int WORDS = 1 << 21;
    private static final int PROBES = 5;

    private final KeyValueStore<Bytes, byte[]> store;
    private final long[] words = new long[WORDS];

    FilteredSeen(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
        try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
            while (all.hasNext()) {
                mark(all.next().key);
            }
        }
    }

    @Override
    public boolean isFirst(byte[] event, long time) {
        Bytes id = EncodedEvent.id(event);
        if (mark(id) && store.get(id) != null) {
            return false;
        }
        store.put(id, KeyValueSeen.memory(time));
        return true;
    }

    /** @return whether it may have been marked before */
    private boolean mark(Bytes id) {
        ByteBuffer halves = ByteBuffer.wrap(id.get());
        // A UUID has fixed and, in version 7, slow bits: mixed, so that all of it counts.
        long hash = mixed(halves.getLong() ^ mixed(halves.getLong()));
        long step = mixed(hash) | 1;
        boolean known = true;
        for (int probe = 0; probe < PROBES; probe++) {
            int word = (int) (hash >>> 6) & (WORDS - 1);
            long bit = 1L << hash;
            known &= (words[word] & bit) != 0;
            words[word] |= bit;
            hash += step;
        }
        return known;
    }

    private static long mixed(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xff51_afd7_ed55_8ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ce_b9fe_1a85_ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
