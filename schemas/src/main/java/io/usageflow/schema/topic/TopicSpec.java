package io.usageflow.schema.topic;

import java.util.Map;

/**
 * The required settings of one topic. Immutable.
 *
 * @param name full name, prefix included
 * @param partitions at least 1
 * @param copartitioned whether the count must equal that of the events topic: ids and links live in their account's
 *     partition
 * @param settings topic configuration that differs from the broker's default; {@code retention.ms} is a minimum
 */
public record TopicSpec(String name, int partitions, boolean copartitioned, Map<String, String> settings) {
    public TopicSpec {
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions is " + partitions + ": use at least 1");
        }
        settings = Map.copyOf(settings);
    }

    static TopicSpec shared(String name, int partitions, Map<String, String> settings) {
        return new TopicSpec(name, partitions, true, settings);
    }

    static TopicSpec alone(String name, int partitions, Map<String, String> settings) {
        return new TopicSpec(name, partitions, false, settings);
    }
}
