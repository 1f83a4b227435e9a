package io.usageflow.forwarder.admission.dedup.index;

import java.util.Arrays;

/**
 * The hashes of consecutive ids in the heap, with a table that finds an id's ordinal: open addressing in arrays that
 * the garbage collector does not traverse. It grows by doubling; 16 to 32 bytes an id. Only its owner adds; once it is
 * sealed, other threads may read it.
 */
final class RecentIds {
    private static final int SLOTS_MIN = 64;

    final long first;
    private long[] hashes = new long[SLOTS_MIN / 2];
    /** Index of a hash plus one; 0 is free. At most half of the slots are used. */
    private int[] slots = new int[SLOTS_MIN];

    private int count;
    private final IdTimes times = new IdTimes();
    private long probes;

    RecentIds(long first) {
        this.first = first;
    }

    void add(long hash, long time) {
        if (count == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * count);
            slots = new int[2 * slots.length];
            for (int i = 0; i < count; i++) {
                occupy(hashes[i], i);
            }
        }
        hashes[count] = hash;
        occupy(hash, count);
        count++;
        times.add(time);
    }

    int count() {
        return count;
    }

    /** The ordinal after the last. */
    long end() {
        return first + count;
    }

    IdTimes times() {
        return times;
    }

    /** In the order of ordinals; the first {@link #count()} are used. */
    long[] hashes() {
        return hashes;
    }

    /** The first slot with this hash, or -1. */
    int find(long hash) {
        return search(hash, home(hash));
    }

    /** The next slot with this hash after {@code slot}, or -1. */
    int findAfter(long hash, int slot) {
        return search(hash, slot + 1);
    }

    long ordinalAt(int slot) {
        return first + slots[slot] - 1;
    }

    /** The number of slots checked so far, for all ids. */
    long probes() {
        return probes;
    }

    long heapBytes() {
        return (long) hashes.length * Long.BYTES + (long) slots.length * Integer.BYTES;
    }

    private int search(long hash, int from) {
        for (int slot = from & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
            probes++;
            if (slots[slot] == 0) {
                return -1;
            }
            if (hashes[slots[slot] - 1] == hash) {
                return slot;
            }
        }
    }

    private void occupy(long hash, int index) {
        int slot = home(hash);
        while (slots[slot] != 0) {
            slot = (slot + 1) & (slots.length - 1);
            probes++;
        }
        probes++;
        slots[slot] = index + 1;
    }

    private int home(long hash) {
        return (int) hash & (slots.length - 1);
    }
}
