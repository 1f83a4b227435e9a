package io.usageflow.forwarder.publish.line;

import io.usageflow.forwarder.table.TemporaryTable;
import io.usageflow.schema.id.Uuids;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a note for each id, in bounded memory: the first {@value #HEAP_MAX} in the heap, about 40 MB, all others in a
 * {@link TemporaryTable} with about 60 bytes of disk each. Close it. Not thread-safe.
 */
final class IdNotes implements AutoCloseable {
    static final int HEAP_MAX = 250_000;

    private final int heapMax;
    private final Map<UUID, byte[]> heap = new HashMap<>();
    private @Nullable TemporaryTable table;

    IdNotes() {
        this(HEAP_MAX);
    }

    IdNotes(int heapMax) {
        this.heapMax = heapMax;
    }

    Optional<byte[]> get(UUID id) {
        byte[] note = heap.get(id);
        if (note == null && table != null) {
            note = table.get(Uuids.bytes(id));
        }
        return Optional.ofNullable(note);
    }

    void put(UUID id, byte[] note) {
        if (heap.size() < heapMax || heap.containsKey(id)) {
            heap.put(id, note);
            return;
        }
        if (table == null) {
            table = TemporaryTable.open("ids");
        }
        table.put(Uuids.bytes(id), note);
    }

    @Override
    public void close() {
        heap.clear();
        if (table != null) {
            table.close();
            table = null;
        }
    }
}
