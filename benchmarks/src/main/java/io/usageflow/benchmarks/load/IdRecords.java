package io.usageflow.benchmarks.load;

import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Records of ids outside Streams: what admission's store of ids never calls fails. */
public abstract class IdRecords implements KeyValueStore<Bytes, byte[]> {
    @Override
    public byte[] delete(Bytes key) {
        throw unused();
    }

    @Override
    public byte[] putIfAbsent(Bytes key, byte[] value) {
        throw unused();
    }

    @Override
    public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
        throw unused();
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        throw unused();
    }

    @Override
    public long approximateNumEntries() {
        throw unused();
    }

    @Override
    public String name() {
        return "books";
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        // Is open.
    }

    @Override
    public boolean persistent() {
        return true;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("admission's store of ids does not call this");
    }
}
