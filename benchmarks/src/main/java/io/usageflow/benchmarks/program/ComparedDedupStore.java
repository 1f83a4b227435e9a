package io.usageflow.benchmarks.program;

import io.usageflow.schema.avro.WireFormat;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;

/**
 * A way to remember ids. All of them have their changelog on and Streams' record cache off.
 *
 * @param builder of the store
 * @param open what a task asks, over its own store
 */
public record ComparedDedupStore(StoreBuilder<?> builder, Function<StateStore, SeenIds> open) {
    /** The store's name in Streams. */
    static final String NAME = "seen";

    private static final Duration RANGE_SIDE = Duration.ofDays(1);
    private static final Duration EXACT_RETENTION = Duration.ofDays(35);

    /** The ids that one task has met. */
    @FunctionalInterface
    interface SeenIds {
        /**
         * Whether the event's id is new; it is remembered then.
         *
         * @param event encoded
         * @param time of its record, Unix milliseconds
         */
        boolean isFirst(byte[] event, long time);
    }

    /**
     * The recipe of Confluent's and others' tutorials: a window store of ids; an event is a repeat if {@code fetch(id,
     * time - 1 day, time + 1 day)} finds anything; else its id is put. Made as fast as the recipe can be: the id has 16
     * bytes instead of 36 characters and is read out of the bytes, the value has 8 bytes, the record cache is off,
     * which is faster if ids are mostly new.
     */
    public static ComparedDedupStore windowRange() {
        return window(RANGE_SIDE.multipliedBy(2), seen -> (event, time) -> {
            Bytes id = EncodedEvent.id(event);
            try (WindowStoreIterator<Long> found =
                    seen.fetch(id, time - RANGE_SIDE.toMillis(), time + RANGE_SIDE.toMillis())) {
                if (found.hasNext()) {
                    return false;
                }
            }
            seen.put(id, time, time);
            return true;
        });
    }

    /**
     * A window store asked for one moment only, the event's own {@code occurred_at}: no range, and old days are dropped
     * as whole segments. Right only if a repeat always has the {@code occurred_at} of the first copy.
     */
    public static ComparedDedupStore windowExact() {
        return window(EXACT_RETENTION, seen -> (event, time) -> {
            Bytes id = EncodedEvent.id(event);
            long occurredAt = EncodedEvent.occurredAtMs(event);
            if (seen.fetch(id, occurredAt) != null) {
                return false;
            }
            seen.put(id, time, occurredAt);
            return true;
        });
    }

    /** Get, then put, on disk; how RocksDB is set up is a setting of Streams. */
    public static ComparedDedupStore keyValue() {
        return keyValue(Stores.persistentKeyValueStore(NAME), ComparedDedupStore::getThenPut);
    }

    /** As {@link #keyValue()}, with a {@link BloomFilter} before it. */
    public static ComparedDedupStore filteredKeyValue() {
        return keyValue(Stores.persistentKeyValueStore(NAME), store -> {
            BloomFilter filter = new BloomFilter();
            try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
                all.forEachRemaining(entry -> filter.mark(entry.key));
            }
            return (event, time) -> {
                Bytes id = EncodedEvent.id(event);
                if (filter.mark(id) && store.get(id) != null) {
                    return false;
                }
                store.put(id, memory(time));
                return true;
            };
        });
    }

    /** Get, then put, in Streams' own sorted map in the heap. */
    public static ComparedDedupStore inMemory() {
        return keyValue(Stores.inMemoryKeyValueStore(NAME), ComparedDedupStore::getThenPut);
    }

    @SuppressWarnings("unchecked") // the builder's own store
    private static ComparedDedupStore window(Duration retention, Function<WindowStore<Bytes, Long>, SeenIds> opened) {
        StoreBuilder<?> builder = Stores.windowStoreBuilder(
                        Stores.persistentWindowStore(NAME, retention, retention, false), Serdes.Bytes(), Serdes.Long())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
        return new ComparedDedupStore(builder, store -> opened.apply((WindowStore<Bytes, Long>) store));
    }

    @SuppressWarnings("unchecked") // the builder's own store
    private static ComparedDedupStore keyValue(
            KeyValueBytesStoreSupplier supplier, Function<KeyValueStore<Bytes, byte[]>, SeenIds> opened) {
        StoreBuilder<?> builder = Stores.keyValueStoreBuilder(supplier, Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
        return new ComparedDedupStore(builder, store -> opened.apply((KeyValueStore<Bytes, byte[]>) store));
    }

    private static SeenIds getThenPut(KeyValueStore<Bytes, byte[]> store) {
        return (event, time) -> {
            Bytes id = EncodedEvent.id(event);
            if (store.get(id) != null) {
                return false;
            }
            store.put(id, memory(time));
            return true;
        };
    }

    /** 24 bytes for an id: time, and room for a fingerprint and an offset, as admission keeps them. */
    private static byte[] memory(long time) {
        return ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(time)
                .putLong(time * 0x9e37_79b9_7f4a_7c15L)
                .putLong(time)
                .array();
    }

    /**
     * A filter in the heap: most ids are new, and for 99 in 100 of those the store need not be asked. Of a fixed size,
     * 16 MiB a task, enough for 13 million ids at that rate.
     */
    private static final class BloomFilter {
        private static final int WORDS = 1 << 21;
        private static final int PROBES = 5;

        private final long[] words = new long[WORDS];

        /** Marks an id. Returns whether it may have been marked before. */
        boolean mark(Bytes id) {
            ByteBuffer halves = ByteBuffer.wrap(id.get());
            // A UUID has fixed and, in version 7, slow bits: mixed, so that every bit counts.
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

    /**
     * The first fields of an encoded event, read without decoding the rest. This is the cheapest way there is, so that
     * a peer pays for its store and for nothing else.
     */
    static final class EncodedEvent {
        private static final int TEXT_BYTES = 36;
        /** Avro writes a length n as 2n. */
        private static final int LENGTH_BYTE = 2 * TEXT_BYTES;

        private EncodedEvent() {}

        /** The id's 16 bytes. Throws if it is not a UUID. */
        static Bytes id(byte[] event) {
            int next = WireFormat.HEADER_BYTES;
            if (event[next++] != LENGTH_BYTE) {
                throw new IllegalArgumentException("the event's id is no UUID");
            }
            byte[] id = new byte[16];
            for (int i = 0; i < id.length; i++) {
                if (event[next] == '-') {
                    next++;
                }
                id[i] = (byte) ((Character.digit(event[next], 16) << 4) | Character.digit(event[next + 1], 16));
                next += 2;
            }
            return Bytes.wrap(id);
        }

        /**
         * {@code occurred_at} in Unix milliseconds, of an event whose id is a UUID and whose type has at most 63 bytes.
         */
        static long occurredAtMs(byte[] event) {
            int type = WireFormat.HEADER_BYTES + 1 + TEXT_BYTES;
            int next = type + 1 + event[type] / 2;
            long zigzag = 0;
            for (int shift = 0; ; shift += 7) {
                byte part = event[next++];
                zigzag |= (long) (part & 0x7f) << shift;
                if (part >= 0) {
                    break;
                }
            }
            long micros = (zigzag >>> 1) ^ -(zigzag & 1);
            return Math.floorDiv(micros, 1000);
        }
    }
}
