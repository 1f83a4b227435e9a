package io.usageflow.forwarder.reconcile.unknown;

import io.usageflow.schema.id.KeyedHash;
import java.util.UUID;

/**
 * Ids as their 16 bytes, each with a small number: 40 to 80 bytes of memory an id, however many objects that would be.
 * Open addressing; what is removed keeps its slot until all is cleared. Not thread-safe.
 */
final class IdTable {
    private static final int SLOTS_FIRST = 1024;

    private final KeyedHash hash = KeyedHash.random();
    private final int idsMax;
    private long probes;
    private long[] high = new long[0];
    private long[] low = new long[0];
    /** 0 where the slot is empty, negative where its id was removed. */
    private int[] number = new int[0];

    private int used;
    private int size;

    /** @param idsMax how many may be added between two clearings, at least 1 */
    IdTable(int idsMax) {
        this.idsMax = idsMax;
        clear();
    }

    /** Takes what is done with each id. */
    interface Visitor {
        void visit(UUID id, int number) throws InterruptedException;
    }

    /**
     * @param by at least 0
     * @return whether it was not there; false also where it was removed
     * @throws IllegalStateException where it {@link #isFull}
     */
    boolean add(UUID id, int by) {
        int slot = slot(id);
        if (number[slot] != 0) {
            return false;
        }
        if (isFull()) {
            throw new IllegalStateException("no room for more than " + idsMax + " ids: ask isFull() before");
        }
        high[slot] = id.getMostSignificantBits();
        low[slot] = id.getLeastSignificantBits();
        number[slot] = by + 1;
        size++;
        if (++used * 2 > number.length) {
            grow();
        }
        return true;
    }

    /** Returns whether it was there. */
    boolean remove(UUID id) {
        int slot = slot(id);
        if (number[slot] <= 0) {
            return false;
        }
        number[slot] = -number[slot];
        size--;
        return true;
    }

    /** Also where it was removed. */
    boolean isFull() {
        return used >= idsMax;
    }

    /** Those that were removed included. */
    int added() {
        return used;
    }

    /** Those that were not removed. */
    int size() {
        return size;
    }

    /** How many slots were looked at so far. */
    long probes() {
        return probes;
    }

    void forEach(Visitor visitor) throws InterruptedException {
        for (int slot = 0; slot < number.length; slot++) {
            if (number[slot] > 0) {
                visitor.visit(new UUID(high[slot], low[slot]), number[slot] - 1);
            }
        }
    }

    void clear() {
        used = 0;
        size = 0;
        high = new long[SLOTS_FIRST];
        low = new long[SLOTS_FIRST];
        number = new int[SLOTS_FIRST];
    }

    private void grow() {
        long[] oldHigh = high;
        long[] oldLow = low;
        int[] oldNumber = number;
        high = new long[oldHigh.length * 2];
        low = new long[oldHigh.length * 2];
        number = new int[oldHigh.length * 2];
        for (int old = 0; old < oldNumber.length; old++) {
            if (oldNumber[old] != 0) {
                int slot = slot(new UUID(oldHigh[old], oldLow[old]));
                high[slot] = oldHigh[old];
                low[slot] = oldLow[old];
                number[slot] = oldNumber[old];
            }
        }
    }

    /** The id's, or the empty one where it belongs. */
    private int slot(UUID id) {
        // Keyed: producers choose ids, and must not be able to choose slots.
        int slot = (int) hash.of(id.getMostSignificantBits(), id.getLeastSignificantBits()) & (number.length - 1);
        probes++;
        while (number[slot] != 0
                && (high[slot] != id.getMostSignificantBits() || low[slot] != id.getLeastSignificantBits())) {
            slot = (slot + 1) & (number.length - 1);
            probes++;
        }
        return slot;
    }
}
