package io.usageflow.forwarder.admission.counters;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.ledger.LedgerCounter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The counters of one partition since its creation. Belongs to one task.
 *
 * <p>Changed counters are written before each commit, in the transaction of what they count. An aborted transaction
 * loses its counts too, because its task is closed and restored from the changelog.
 */
public final class AdmissionLedger {
    /** Prefix of its keys in a store shared with the id blocks and the source positions. */
    private static final String PREFIX = "counter:";

    private static final String AFTER_PREFIX = "counter;";

    private final KeyValueStore<Bytes, byte[]> store;
    private final Map<String, Cell> cells = new HashMap<>();
    private final Map<LedgerCounter, Cell> byCounter = new EnumMap<>(LedgerCounter.class);
    private final List<Cell> changed = new ArrayList<>();
    private boolean published;

    private static final class Cell {
        final Bytes key;
        long value;
        /** Not yet written. */
        boolean changed;

        Cell(String name) {
            this.key = bytes(PREFIX + name);
        }
    }

    public AdmissionLedger(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
        try (KeyValueIterator<Bytes, byte[]> all = store.range(bytes(PREFIX), bytes(AFTER_PREFIX))) {
            while (all.hasNext()) {
                KeyValue<Bytes, byte[]> entry = all.next();
                cell(new String(entry.key.get(), UTF_8).substring(PREFIX.length())).value =
                        ByteBuffer.wrap(entry.value).getLong();
            }
        }
    }

    public void count(LedgerCounter counter) {
        add(cell(counter), 1);
    }

    public void countDeadLetter(DeadLetterReason reason) {
        add(cell(LedgerCounter.DEAD_LETTERED), 1);
        add(cell(LedgerCounter.deadLettered(reason)), 1);
    }

    public void add(LedgerCounter counter, long more) {
        add(cell(counter), more);
    }

    /** Adds to a counter by its key; see {@link LedgerCounter}. */
    public void add(String key, long more) {
        add(cell(key), more);
    }

    /** Counts an event that is no longer parked. */
    public void unpark() {
        add(cell(LedgerCounter.PARKED), -1);
    }

    /** Whether the counters have changed since they were published; initially true. */
    public boolean needsPublishing() {
        return !published;
    }

    /** All counters by name, for publishing now. The counters of the balance are present even if 0. */
    public Map<String, Long> publish() {
        published = true;
        Map<String, Long> all = new TreeMap<>();
        cells.forEach((name, cell) -> all.put(name, cell.value));
        for (LedgerCounter counter : new LedgerCounter[] {
            LedgerCounter.RECEIVED,
            LedgerCounter.ADMITTED,
            LedgerCounter.DUPLICATE,
            LedgerCounter.DEAD_LETTERED,
            LedgerCounter.PARKED
        }) {
            all.putIfAbsent(counter.key(), 0L);
        }
        return all;
    }

    /** To be called before each commit. */
    public void write() {
        for (Cell cell : changed) {
            cell.changed = false;
            store.put(
                    cell.key,
                    ByteBuffer.allocate(Long.BYTES).putLong(cell.value).array());
        }
        changed.clear();
    }

    private void add(Cell cell, long change) {
        cell.value += change;
        if (!cell.changed) {
            cell.changed = true;
            changed.add(cell);
        }
        published = false;
    }

    private Cell cell(LedgerCounter counter) {
        return byCounter.computeIfAbsent(counter, c -> cell(c.key()));
    }

    private Cell cell(String name) {
        return cells.computeIfAbsent(name, Cell::new);
    }

    private static Bytes bytes(String text) {
        return Bytes.wrap(text.getBytes(UTF_8));
    }
}
