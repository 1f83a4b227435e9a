package io.usageflow.benchmarks.ground;

import io.usageflow.benchmarks.load.IdKind;
import java.util.List;
import java.util.Map;

/**
 * What all sides have in common. Immutable.
 *
 * @param jvm options of their JVMs
 * @param settings of the forwarder, over its defaults; the peers take from them what concerns Kafka Streams
 * @param ids what kind the events carry
 */
public record SideOptions(List<String> jvm, Map<String, String> settings, IdKind ids) {
    public SideOptions {
        jvm = List.copyOf(jvm);
        settings = Map.copyOf(settings);
    }
}
