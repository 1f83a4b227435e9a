package io.usageflow.benchmarks.side.dedup;

import java.time.Duration;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.WindowStore;

/**
 * A window store asked for one moment only, the event's own {@code occurred_at}: no range, and old days are dropped as
 * whole segments. Right only where a repeat always has the {@code occurred_at} of the first copy.
 */
final class WindowExactStore implements DedupStore {
    private static final Duration RETENTION = Duration.ofDays(35);

    @Override
    public StoreBuilder<?> builder() {
        return WindowRangeStore.windowStore(RETENTION);
    }

    @Override
    @SuppressWarnings("unchecked") // the builder's own store
    public SeenIds open(StateStore store) {
        WindowStore<Bytes, Long> seen = (WindowStore<Bytes, Long>) store;
        return (event, time) -> {
            Bytes id = EncodedEvent.id(event);
            long occurredAt = EncodedEvent.occurredAtMs(event);
            if (seen.fetch(id, occurredAt) != null) {
                return false;
            }
            seen.put(id, time, occurredAt);
            return true;
        };
    }
}
