package io.usageflow.benchmarks.ground;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.load.IdKind;
import io.usageflow.forwarder.admission.streams.AdmissionContext;
import io.usageflow.forwarder.admission.streams.StreamsSettings;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

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

    /** The same, with some settings of the forwarder besides. */
    public SideOptions with(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(settings);
        all.putAll(more);
        return new SideOptions(jvm, all, ids);
    }

    /** All of it as a report states it, the settings of the broker included. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("idKind", ids.word());
        json.put("partitions", Ground.PARTITIONS);
        json.put("replicationFactor", 1);
        json.put("brokerJvm", String.join(" ", Ground.BROKER_JVM));
        json.put("sideJvm", String.join(" ", jvm));
        admissionSettings().forEach(json.putObject("forwarder")::put);
        streamsSettings().forEach(json.putObject("streams")::put);
        return json;
    }

    /** What admission runs with, defaults included; by key. */
    private Map<String, String> admissionSettings() {
        Map<String, String> effective = new TreeMap<>(settings);
        Settings.definition().defaultValues().forEach((key, value) -> {
            if (key.startsWith("admission.")) {
                effective.putIfAbsent(key, String.valueOf(value));
            }
        });
        return effective;
    }

    /** What Kafka Streams is given in every side; by key. */
    private Map<String, String> streamsSettings() {
        Settings loaded = Settings.load(ConfigSources.none().with(settings, "benchmark"));
        Properties properties = StreamsSettings.of(
                loaded.admission(),
                new AdmissionContext(
                        loaded.topics().names(), Map.of(), loaded.kafka().streams(), Map.of(), Path.of("state")));
        Map<String, String> effective = new TreeMap<>();
        properties.forEach((key, value) -> effective.put(key.toString(), value.toString()));
        return effective;
    }
}
