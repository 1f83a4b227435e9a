package io.usageflow.benchmarks.side.dedup;

import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/** 16 bytes of id to 24 bytes: time, and room for a fingerprint and an offset, as admission keeps them. */
final class KeyValueSeen implements SeenIds {
    private final KeyValueStore<Bytes, byte[]> store;

    KeyValueSeen(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    @Override
    public boolean isFirst(byte[] event, long time) {
        Bytes id = EncodedEvent.id(event);
        if (store.get(id) != null) {
            return false;
        }
        store.put(id, memory(time));
        return true;
    }

    static byte[] memory(long time) {
        return ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(time)
                .putLong(time * 0x9e37_79b9_7f4a_7c15L)
                .putLong(time)
                .array();
    }
}
