package io.usageflow.forwarder.delivery.avro;

import io.usageflow.forwarder.delivery.avro.DeliverableLayout.UnsupportedBytesException;
import java.util.Arrays;

/** The entries of one map, sorted by key. One thread; reusable. */
final class MapEntries {
    /** Small, since it uses insertion sort. */
    private static final int ENTRIES_MAX = 64;

    private final int[] keyAt = new int[ENTRIES_MAX];
    private final int[] keyEnd = new int[ENTRIES_MAX];
    private final int[] valueAt = new int[ENTRIES_MAX];
    private int size;

    /** Moves past a value. */
    interface Skip {
        void over(AvroCursor in);
    }

    /**
     * Reads the map at the cursor, and moves past it.
     *
     * @throws UnsupportedBytesException if it has too many entries or a duplicate key
     */
    void read(AvroCursor in, Skip value) {
        size = 0;
        for (int left = in.block(); left > 0; left = in.block()) {
            for (; left > 0; left--) {
                int length = in.length();
                int from = in.at();
                in.skip(length);
                insert(in.bytes(), from, from + length, in.at());
                value.over(in);
            }
        }
    }

    private void insert(byte[] bytes, int from, int until, int value) {
        if (size == ENTRIES_MAX) {
            throw new UnsupportedBytesException();
        }
        int place = size++;
        for (; place > 0; place--) {
            // Sorts ASCII like strings; other text is refused later.
            int order = Arrays.compareUnsigned(bytes, keyAt[place - 1], keyEnd[place - 1], bytes, from, until);
            if (order == 0) {
                throw new UnsupportedBytesException();
            }
            if (order < 0) {
                break;
            }
            keyAt[place] = keyAt[place - 1];
            keyEnd[place] = keyEnd[place - 1];
            valueAt[place] = valueAt[place - 1];
        }
        keyAt[place] = from;
        keyEnd[place] = until;
        valueAt[place] = value;
    }

    int size() {
        return size;
    }

    int keyAt(int index) {
        return keyAt[index];
    }

    int keyEnd(int index) {
        return keyEnd[index];
    }

    int valueAt(int index) {
        return valueAt[index];
    }
}
