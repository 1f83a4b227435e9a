package io.usageflow.forwarder.admission.dedup.index;

import java.io.IOException;

/** Ids in the order of their hashes, one at a time. */
interface SortedIds {
    /** Moves to the next id; false after the last. */
    boolean next() throws IOException;

    long hash();

    long ordinal();

    /** The ids of a table, sorted by one pass over the hashes and one over each bucket. */
    static SortedIds of(RecentIds ids, IdSegmentHeader header) {
        int[] ends = new int[header.buckets() + 1];
        long[] hashes = ids.hashes();
        for (int i = 0; i < ids.count(); i++) {
            ends[header.bucketOf(hashes[i]) + 1]++;
        }
        for (int bucket = 0; bucket < header.buckets(); bucket++) {
            ends[bucket + 1] += ends[bucket];
        }
        int[] starts = ends.clone();
        long[] entries = new long[ids.count()];
        for (int i = 0; i < ids.count(); i++) {
            // Flipped, since entries are unsigned and Java sorts signed numbers.
            entries[starts[header.bucketOf(hashes[i])]++] = header.entry(hashes[i], i) ^ Long.MIN_VALUE;
        }
        for (int bucket = 0; bucket < header.buckets(); bucket++) {
            java.util.Arrays.sort(entries, ends[bucket], ends[bucket + 1]);
        }
        return new SortedIds() {
            private int at = -1;
            private int bucket;

            @Override
            public boolean next() {
                at++;
                while (at < entries.length && at >= ends[bucket + 1]) {
                    bucket++;
                }
                return at < entries.length;
            }

            @Override
            public long hash() {
                return header.hashOf(bucket, entries[at] ^ Long.MIN_VALUE);
            }

            @Override
            public long ordinal() {
                return ids.first + header.ordinalOf(entries[at] ^ Long.MIN_VALUE);
            }
        };
    }
}
