package io.usageflow.forwarder.admission;

import io.usageflow.schema.id.Uuids;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The ids of one partition's events: 16 bytes of id to 24 bytes of {@link Sighting.Memory}. Belongs to one task, so to
 * one thread.
 *
 * <p>An id is remembered in the Kafka transaction that hands its event on, and never before: a crash between the two
 * would otherwise make the retry a duplicate of something that was never handed on.
 *
 * <p>Ids are forgotten a bounded number at a time by a cursor that walks the store again and again, so that expiry never
 * stops the flow. Between walks it rests until there is something to forget: at most 1/64 of the window, about 13 hours
 * by default. Where the cursor stands is not kept; after a restart a new walk begins.
 */
final class SeenEvents {
    /** Beside the ids, which have 16 bytes: the forgotten mark of {@link AgeGuard}. */
    private static final Bytes MARK = Bytes.wrap(new byte[] {0});

    private final KeyValueStore<Bytes, byte[]> store;
    private final AgeGuard guard;
    private long forgottenMark;

    private @Nullable Bytes cursor;
    private long oldestKept = Long.MAX_VALUE;
    private long restUntil = Long.MIN_VALUE;

    SeenEvents(KeyValueStore<Bytes, byte[]> store, AgeGuard guard) {
        this.store = store;
        this.guard = guard;
        byte[] mark = store.get(MARK);
        this.forgottenMark =
                mark == null ? Long.MIN_VALUE : ByteBuffer.wrap(mark).getLong();
    }

    Sighting sight(UUID id, long fingerprint) {
        byte[] value = store.get(key(id));
        if (value == null) {
            return new Sighting.First();
        }
        Sighting.Memory memory = memory(value);
        return memory.fingerprint() == fingerprint ? new Sighting.Repeat(memory) : new Sighting.Conflict(memory);
    }

    void remember(UUID id, Sighting.Memory memory) {
        store.put(
                key(id),
                ByteBuffer.allocate(3 * Long.BYTES)
                        .putLong(memory.seenAt())
                        .putLong(memory.fingerprint())
                        .putLong(memory.offset())
                        .array());
    }

    /** See {@link AgeGuard}; {@link Long#MIN_VALUE} where nothing was ever forgotten. */
    long forgottenMark() {
        return forgottenMark;
    }

    /**
     * One step of the walk.
     *
     * @param now the append time the partition has come to, Unix milliseconds
     * @param entriesMax how many entries to look at, at most
     * @return how many ids were forgotten
     */
    int forget(long now, int entriesMax) {
        if (now < restUntil) {
            return 0;
        }
        int looked = 0;
        int forgotten = 0;
        try (KeyValueIterator<Bytes, byte[]> entries = store.range(cursor, null)) {
            while (looked < entriesMax && entries.hasNext()) {
                KeyValue<Bytes, byte[]> entry = entries.next();
                looked++;
                cursor = entry.key;
                if (!entry.key.equals(MARK) && forget(entry, now)) {
                    forgotten++;
                }
            }
            if (!entries.hasNext()) {
                rest(now);
            }
        }
        return forgotten;
    }

    private boolean forget(KeyValue<Bytes, byte[]> entry, long now) {
        long seenAt = memory(entry.value).seenAt();
        if (!guard.mayForget(seenAt, now)) {
            oldestKept = Math.min(oldestKept, seenAt);
            return false;
        }
        // The mark first: nothing is forgotten that the guard would not refuse.
        if (guard.markOf(seenAt) > forgottenMark) {
            forgottenMark = guard.markOf(seenAt);
            store.put(
                    MARK, ByteBuffer.allocate(Long.BYTES).putLong(forgottenMark).array());
        }
        store.put(entry.key, null);
        return true;
    }

    private void rest(long now) {
        restUntil = Math.min(oldestKept, now) + guard.windowMs() + guard.windowMs() / 64;
        oldestKept = Long.MAX_VALUE;
        cursor = null;
    }

    private static Bytes key(UUID id) {
        return Bytes.wrap(Uuids.bytes(id));
    }

    private static Sighting.Memory memory(byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value);
        return new Sighting.Memory(buffer.getLong(), buffer.getLong(), buffer.getLong());
    }
}
