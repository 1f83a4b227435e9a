package io.usageflow.forwarder.links;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The newest value of each key of a log, however many keys there are, with no more than a fixed number of them in memory.
 * Where they are more, the keys are divided by their hash and the log is read once for each part. Pure but for the log;
 * not thread-safe.
 *
 * @param keysMax at least 1; two keys with one hash would not be divided, so a part may be larger by those
 */
record NewestOfEach(int keysMax) {
    /** Beyond it a part is all keys with one hash, and dividing on is in vain. */
    private static final int PARTS_MAX = 1 << 30;

    /** Reads the log from its beginning, and hands over each entry in order. */
    interface Log<V> {
        void read(Entries<V> entries);
    }

    /** Takes a log's entries. */
    interface Entries<V> {
        void put(String key, V value);

        /** The key has no value any more. */
        void removed(String key);
    }

    /** One part of the keys: those whose hash leaves this rest. */
    private record Part(int rest, int parts) {
        boolean has(String key) {
            return Math.floorMod(spread(key.hashCode()), parts) == rest;
        }

        Part otherHalf() {
            return new Part(rest + parts, parts * 2);
        }

        Part half() {
            return new Part(rest, parts * 2);
        }

        /** Names that differ in their last letters only would fall into few parts. */
        private static int spread(int hash) {
            int mixed = (hash ^ (hash >>> 16)) * 0x45d9f3b;
            return mixed ^ (mixed >>> 16);
        }
    }

    /** @param sink takes each key's newest value, in the keys' order within a part */
    <V> void of(Log<V> log, Consumer<V> sink) {
        Deque<Part> waiting = new ArrayDeque<>();
        waiting.push(new Part(0, 1));
        while (!waiting.isEmpty()) {
            newest(log, waiting).values().forEach(sink);
        }
    }

    private <V> SortedMap<String, V> newest(Log<V> log, Deque<Part> waiting) {
        var entries = new Newest<V>(keysMax, waiting);
        log.read(entries);
        return entries.newest;
    }

    /** Those of one part, which becomes smaller as it turns out to hold too many; what it gives up waits. */
    private static final class Newest<V> implements Entries<V> {
        private final int keysMax;
        private final Deque<Part> waiting;
        private final SortedMap<String, V> newest = new TreeMap<>();
        private Part part;

        Newest(int keysMax, Deque<Part> waiting) {
            this.keysMax = keysMax;
            this.waiting = waiting;
            this.part = waiting.pop();
        }

        @Override
        public void put(String key, V value) {
            if (!part.has(key)) {
                return;
            }
            newest.put(key, value);
            while (newest.size() > keysMax && part.parts() < PARTS_MAX) {
                waiting.push(part.otherHalf());
                part = part.half();
                newest.keySet().removeIf(other -> !part.has(other));
            }
        }

        @Override
        public void removed(String key) {
            newest.remove(key);
        }
    }
}
