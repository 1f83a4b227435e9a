package io.usageflow.benchmarks.side;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.load.EventIds;
import io.usageflow.forwarder.admission.streams.AdmissionContext;
import io.usageflow.forwarder.admission.streams.StreamsSettings;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/**
 * What all sides have in common. Immutable.
 *
 * @param jvm options of their JVMs
 * @param settings of the forwarder, over its defaults; the peers take from them what concerns Kafka Streams
 * @param ids what kind the events carry
 */
public record SideOptions(List<String> jvm, Map<String, String> settings, EventIds.Kind ids) {
    public SideOptions {
        jvm = List.copyOf(jvm);
        settings = Map.copyOf(settings);
    }

    /** The options on the command line. */
    public static final class Flags {
        @Option(
                names = "--ids",
                paramLabel = "v4|v7",
                defaultValue = "v4",
                description = "Random UUIDs, as derived ids are (default), or time-ordered ones, as the"
                        + " publisher makes them.")
        private EventIds.Kind ids = EventIds.Kind.V4;

        @Option(
                names = "--set",
                paramLabel = "KEY=VALUE",
                description = "Setting of the forwarder, for all sides; those of Kafka Streams hold for the peers too.")
        private Map<String, String> settings = Map.of();

        public SideOptions with(List<String> jvm) {
            return new SideOptions(jvm, settings, ids);
        }
    }

    /** The same, with more settings of the forwarder. */
    public SideOptions with(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(settings);
        all.putAll(more);
        return new SideOptions(jvm, all, ids);
    }

    /** What the sides of Kafka Streams run with, for a report. */
    public record Setup(
            String idKind,
            @JsonUnwrapped BenchmarkCluster.Setup cluster,
            String sideJvm,
            Map<String, String> forwarder,
            Map<String, String> streams) {}

    public Setup setup() {
        Settings loaded = Settings.load(ConfigSources.none().with(settings, "benchmark"));
        Properties properties = StreamsSettings.of(
                loaded.admission(),
                new AdmissionContext(
                        loaded.topics().names(), Map.of(), loaded.kafka().streams(), Map.of(), Path.of("state")));
        Map<String, String> streams = new TreeMap<>();
        properties.forEach((key, value) -> streams.put(key.toString(), value.toString()));
        return new Setup(
                ids.name().toLowerCase(Locale.ROOT),
                BenchmarkCluster.setup(),
                String.join(" ", jvm),
                forwarder("admission."),
                streams);
    }

    /** What the forwarder runs with; of its defaults those whose keys begin with one of the prefixes. */
    public Map<String, String> forwarder(String... prefixes) {
        Map<String, String> effective = new TreeMap<>(settings);
        Settings.definition().defaultValues().forEach((key, value) -> {
            if (Arrays.stream(prefixes).anyMatch(key::startsWith)) {
                effective.putIfAbsent(key, String.valueOf(value));
            }
        });
        return effective;
    }
}
