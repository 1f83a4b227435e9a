package io.usageflow.forwarder.kafka;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Which transaction keeps readers of committed records waiting, and since when: one whose first offset is still the last
 * stable one when the partition is looked at again. Pure: time is given. Not thread-safe.
 */
final class StuckTransactions {
    private final Map<TopicPartition, Stuck> waiting = new HashMap<>();

    /**
     * An open transaction.
     *
     * @param offset its first
     */
    record Stuck(TopicPartition partition, long offset, long sinceNanos) {
        Duration age(long nowNanos) {
            return Duration.ofNanos(nowNanos - sinceNanos);
        }
    }

    /**
     * The ends of a partition.
     *
     * @param stable where readers of committed records stop
     * @param high where all others do
     */
    record Ends(long stable, long high) {}

    /** @param ends of all partitions that could be looked at */
    void look(Map<TopicPartition, Ends> ends, long nowNanos) {
        waiting.keySet().retainAll(ends.keySet());
        ends.forEach((partition, end) -> {
            Stuck known = waiting.get(partition);
            if (end.stable() >= end.high()) {
                waiting.remove(partition);
            } else if (known == null || known.offset() != end.stable()) {
                waiting.put(partition, new Stuck(partition, end.stable(), nowNanos));
            }
        });
    }

    Optional<Stuck> oldest() {
        return waiting.values().stream().min(Comparator.comparingLong(Stuck::sinceNanos));
    }
}
