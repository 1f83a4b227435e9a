package io.usageflow.forwarder.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.ledger.LedgerCounter;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The counters of one partition since its beginning. Belongs to one task.
 *
 * <p>Each change is put into a store whose cache Streams flushes at commit, so the changelog gets one record for each
 * changed counter and transaction, in the very transaction that carries what was counted; a transaction that is aborted
 * takes its counts with it, because the task that meets it is closed and made anew from the changelog.
 */
final class AdmissionLedger {
    private final KeyValueStore<Bytes, byte[]> store;
    private final Map<String, Long> values = new HashMap<>();
    private boolean published;

    AdmissionLedger(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
        try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<Bytes, byte[]> entry = all.next();
                values.put(
                        new String(entry.key.get(), UTF_8),
                        ByteBuffer.wrap(entry.value).getLong());
            }
        }
    }

    void count(LedgerCounter counter) {
        add(counter.key(), 1);
    }

    void countDeadLetter(DeadLetterReason reason) {
        add(LedgerCounter.DEAD_LETTERED.key(), 1);
        add(LedgerCounter.deadLettered(reason), 1);
    }

    /** One fewer waits. */
    void unpark() {
        add(LedgerCounter.PARKED.key(), -1);
    }

    /** Whether a published entry would differ from the one before; true at first, after which it is up to date. */
    boolean needsPublishing() {
        return !published;
    }

    /** All counters by name, to be published now; those the balance needs are there even where they are 0. */
    Map<String, Long> publish() {
        published = true;
        Map<String, Long> all = new TreeMap<>(values);
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

    private void add(String key, long change) {
        long value = values.merge(key, change, Long::sum);
        store.put(
                Bytes.wrap(key.getBytes(UTF_8)),
                ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        published = false;
    }
}
