package io.usageflow.benchmarks;

import io.usageflow.benchmarks.ground.SideOptions;
import io.usageflow.benchmarks.load.IdKind;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of every benchmark that has sides. */
final class SideChoices {
    /** What a small container would give them. */
    private static final String JVM = "-Xmx448m";

    @Option(
            names = "--ids",
            paramLabel = "v7|v4",
            defaultValue = "v7",
            description = "Time-ordered UUIDs, as the publisher makes them (default), or random ones.")
    private IdKind ids = IdKind.V7;

    @Option(
            names = "--jvm",
            paramLabel = "OPTIONS",
            defaultValue = JVM,
            description = "JVM options of every side, in one argument (default: ${DEFAULT-VALUE}).")
    private String jvm = JVM;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Setting of the forwarder, for all sides; those of Kafka Streams hold for the peers too.")
    private Map<String, String> settings = Map.of();

    SideOptions options() {
        return new SideOptions(List.of(jvm.strip().split("\\s+")), settings, ids);
    }
}
