package io.usageflow.forwarder.admission.dedup;

import io.usageflow.schema.id.KeyedHash;

/**
 * Finds the ordinals of ids by their hashes: open addressing in arrays of {@code long}, which the garbage collector
 * does not traverse. Not thread-safe.
 *
 * <p>A slot has 32 bits of hash and 32 bits of ordinal; if ids share a hash, the caller compares them. Raising a floor
 * forgets all ordinals below it and frees their slots.
 *
 * <p>{@value #PARTS} parts grow one by one, so that growing pauses only for moving a 64th. A part is between five
 * sixteenths and three quarters full: 11 to 26 bytes of heap per id.
 */
final class IdIndex {
    /** No further ordinal. */
    static final long NONE = -1;

    private static final int PARTS = 64;
    private static final int PART_BITS = 6;
    private static final int SLOTS_MIN = 8;

    private final KeyedHash hash = KeyedHash.random();
    private final Part[] parts = new Part[PARTS];
    private long floor;

    private Part searched;
    private int searchedHash;
    private int position;
    private long probes;

    IdIndex() {
        for (int i = 0; i < PARTS; i++) {
            parts[i] = new Part(SLOTS_MIN);
        }
        searched = parts[0];
    }

    /** Hashes an id with this index's secret key, so that producers, who choose ids, cannot choose slots. */
    long hash(long high, long low) {
        return hash.of(high, low);
    }

    void add(long hash, long ordinal) {
        part(hash).add((int) hash, ordinal);
    }

    /** Begins a search. Returns the first ordinal that may have this hash, or {@link #NONE}. */
    long first(long hash) {
        searched = part(hash);
        searchedHash = (int) hash;
        position = searched.home(searchedHash);
        return searched.search();
    }

    /** Continues the search of {@link #first}. Nothing may be added in between. */
    long next() {
        position = searched.after(position);
        return searched.search();
    }

    /** Forgets all ordinals below. */
    void forgetBefore(long ordinal) {
        floor = ordinal;
    }

    /** The number of slots checked so far, for all ids. */
    long probes() {
        return probes;
    }

    /** The heap size. */
    long bytes() {
        long slots = 0;
        for (Part part : parts) {
            slots += part.slots.length;
        }
        return slots * Long.BYTES;
    }

    private Part part(long hash) {
        return parts[(int) (hash >>> (Long.SIZE - PART_BITS))];
    }

    /** A power of two of slots; 0 is a slot that was never used. */
    private final class Part {
        private static final long ORDINAL_MASK = 0xFFFF_FFFFL;

        private long[] slots;
        private int mask;
        /** The base of the ordinals in slots. */
        private long origin;

        private int used;

        Part(int capacity) {
            clear(capacity);
        }

        void add(int hash, long ordinal) {
            if (used + 1 > slots.length - slots.length / 4 || ordinal - origin >= ORDINAL_MASK) {
                rebuild();
            }
            int at = home(hash);
            probes++;
            while (slots[at] != 0 && ordinalAt(at) >= floor) {
                at = after(at);
                probes++;
            }
            if (slots[at] == 0) {
                used++;
            }
            slots[at] = slot(hash, ordinal);
        }

        /** Searches from {@link IdIndex#position} on. */
        long search() {
            probes++;
            while (slots[position] != 0) {
                if ((int) (slots[position] >>> 32) == searchedHash) {
                    long ordinal = ordinalAt(position);
                    if (ordinal >= floor) {
                        return ordinal;
                    }
                }
                position = after(position);
                probes++;
            }
            return NONE;
        }

        int home(int hash) {
            return hash & mask;
        }

        int after(int at) {
            return (at + 1) & mask;
        }

        private long ordinalAt(int at) {
            return origin + (slots[at] & ORDINAL_MASK) - 1;
        }

        private long slot(int hash, long ordinal) {
            return ((long) hash << 32) | (ordinal - origin + 1);
        }

        /** Drops forgotten slots and resizes, to at most five eighths full. */
        private void rebuild() {
            long[] before = slots;
            long originBefore = origin;
            int live = 0;
            for (long slot : before) {
                if (slot != 0 && originBefore + (slot & ORDINAL_MASK) - 1 >= floor) {
                    live++;
                }
            }
            clear(capacityFor(live));
            for (long slot : before) {
                long ordinal = originBefore + (slot & ORDINAL_MASK) - 1;
                if (slot != 0 && ordinal >= floor) {
                    int hash = (int) (slot >>> 32);
                    int at = home(hash);
                    while (slots[at] != 0) {
                        at = after(at);
                    }
                    slots[at] = slot(hash, ordinal);
                    used++;
                }
            }
        }

        private static int capacityFor(int live) {
            int capacity = SLOTS_MIN;
            while (live > capacity / 8 * 5) {
                capacity *= 2;
            }
            return capacity;
        }

        private void clear(int capacity) {
            slots = new long[capacity];
            mask = capacity - 1;
            origin = floor;
            used = 0;
        }
    }
}
