package io.usageflow.benchmarks.load;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Events in Kafka whose handling is measured. Immutable.
 *
 * @param events how many, repeats included
 * @param parts where they stand
 */
public record Slice(long events, Map<TopicPartition, Part> parts) {
    public Slice {
        parts = Map.copyOf(parts);
    }

    /**
     * The records of one partition; nothing else stands between them.
     *
     * @param first offset of the first
     * @param end offset after the last
     */
    public record Part(long first, long end) {
        Part with(long offset) {
            return new Part(Math.min(first, offset), Math.max(end, offset + 1));
        }

        static Part of(long offset) {
            return new Part(offset, offset + 1);
        }
    }

    /** How many events lie before the committed offsets of a group. */
    public long handled(Map<TopicPartition, Long> committed) {
        long handled = 0;
        for (Map.Entry<TopicPartition, Part> entry : parts.entrySet()) {
            Part part = entry.getValue();
            long reached = committed.getOrDefault(entry.getKey(), 0L);
            handled += Math.max(0, Math.min(reached, part.end()) - part.first());
        }
        return handled;
    }
}
