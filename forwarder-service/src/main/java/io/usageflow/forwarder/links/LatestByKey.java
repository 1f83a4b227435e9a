package io.usageflow.forwarder.links;

import io.usageflow.schema.id.KeyedHash;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The newest value of each key of a log, however many keys there are, with no more than a fixed number of them in
 * memory. Where they are more, the keys are divided by their hash and the log is read once for each part. Pure but for
 * the log; not thread-safe.
 *
 * @param keysMax at least 1
 */
record LatestByKey(int keysMax) {
    /** Beyond it a part has keys of one hash only, and dividing it further changes nothing. */
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
    private record Part(KeyedHash hash, int rest, int parts) {
        /** Keyed: names chosen to share a plain hash could not be divided. */
        boolean has(String key) {
            return Math.floorMod(hash.of(key), parts) == rest;
        }

        Part otherHalf() {
            return new Part(hash, rest + parts, parts * 2);
        }

        Part half() {
            return new Part(hash, rest, parts * 2);
        }
    }

    /** @param sink takes each key's newest value, in the keys' order within a part */
    <V> void of(Log<V> log, Consumer<V> sink) {
        Deque<Part> waiting = new ArrayDeque<>();
        waiting.push(new Part(KeyedHash.random(), 0, 1));
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
