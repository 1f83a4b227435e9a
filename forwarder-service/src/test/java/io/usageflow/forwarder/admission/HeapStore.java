package io.usageflow.forwarder.admission;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** A store in a map, ordered as RocksDB orders. */
public final class HeapStore implements KeyValueStore<Bytes, byte[]> {
    private final NavigableMap<Bytes, byte[]> map = new TreeMap<>();

    public HeapStore copy() {
        HeapStore copy = new HeapStore();
        copy.map.putAll(map);
        return copy;
    }

    @Override
    public void put(Bytes key, byte[] value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value.clone());
        }
    }

    @Override
    public byte[] get(Bytes key) {
        return map.get(key);
    }

    @Override
    public byte[] delete(Bytes key) {
        return map.remove(key);
    }

    @Override
    public byte[] putIfAbsent(Bytes key, byte[] value) {
        return map.putIfAbsent(key, value);
    }

    @Override
    public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
        entries.forEach(entry -> put(entry.key, entry.value));
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
        NavigableMap<Bytes, byte[]> part = map;
        part = from == null ? part : part.tailMap(from, true);
        return iterator(to == null ? part : part.headMap(to, true));
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> reverseRange(Bytes from, Bytes to) {
        return iterator(map.subMap(from, true, to, true).descendingMap());
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        return range(null, null);
    }

    @Override
    public long approximateNumEntries() {
        return map.size();
    }

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        // Is ready without.
    }

    @Override
    public void close() {
        map.clear();
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    private static KeyValueIterator<Bytes, byte[]> iterator(Map<Bytes, byte[]> part) {
        Map<Bytes, byte[]> snapshot = new LinkedHashMap<>(part);
        Iterator<Map.Entry<Bytes, byte[]>> entries = snapshot.entrySet().iterator();
        return new KeyValueIterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public KeyValue<Bytes, byte[]> next() {
                Map.Entry<Bytes, byte[]> entry = entries.next();
                return new KeyValue<>(entry.getKey(), entry.getValue());
            }

            @Override
            public Bytes peekNextKey() {
                throw new UnsupportedOperationException("nobody peeks");
            }

            @Override
            public void close() {
                // A snapshot holds nothing.
            }
        };
    }
}
