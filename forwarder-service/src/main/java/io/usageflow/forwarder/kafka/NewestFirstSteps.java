package io.usageflow.forwarder.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Cuts the offsets of partitions into steps from the end to the beginning. Kafka reads forward only, so each step is
 * read from its beginning; each is longer than the one before, so that there are few. Not thread-safe.
 */
final class NewestFirstSteps {
    /** Offsets of each partition. */
    static final long FIRST = 1_000;

    static final long GROWS = 4;

    private final Map<TopicPartition, Long> begins;
    private final Map<TopicPartition, Long> ends;
    private long length = FIRST;

    /**
     * Of one partition.
     *
     * @param from inclusive
     * @param to exclusive, more than from
     */
    record Range(long from, long to) {}

    NewestFirstSteps(Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {
        this.begins = Map.copyOf(begins);
        this.ends = new HashMap<>(ends);
    }

    /** Offsets that no step has had. */
    long left() {
        return ends.entrySet().stream()
                .mapToLong(end -> Math.max(0, end.getValue() - begin(end.getKey())))
                .sum();
    }

    /** The next step, with those partitions that are not at their beginning; empty when nothing is left. */
    Map<TopicPartition, Range> next() {
        Map<TopicPartition, Range> step = new HashMap<>();
        ends.forEach((partition, end) -> {
            long from = Math.max(begin(partition), end - length);
            if (from < end) {
                step.put(partition, new Range(from, end));
            }
        });
        step.forEach((partition, range) -> ends.put(partition, range.from()));
        length *= GROWS;
        return step;
    }

    private long begin(TopicPartition partition) {
        return begins.getOrDefault(partition, 0L);
    }
}
