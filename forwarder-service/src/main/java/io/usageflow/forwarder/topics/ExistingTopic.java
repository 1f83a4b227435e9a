package io.usageflow.forwarder.topics;

import java.util.Map;

/**
 * A topic as the cluster has it. Immutable.
 *
 * @param partitions at least 1
 * @param settings the effective configuration, defaults of the broker included
 */
public record ExistingTopic(int partitions, Map<String, String> settings) {
    public ExistingTopic {
        settings = Map.copyOf(settings);
    }
}
