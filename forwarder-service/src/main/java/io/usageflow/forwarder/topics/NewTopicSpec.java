package io.usageflow.forwarder.topics;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Map;

/** How a missing topic is to be created. Immutable. */
public record NewTopicSpec(int partitions, @JsonIgnore Map<String, String> settings) {
    public NewTopicSpec {
        settings = Map.copyOf(settings);
    }
}
