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
            paramLabel = "v4|v7",
            defaultValue = "v4",
            description =
                    "Random UUIDs, as derived ids are (default), or time-ordered ones, as the publisher makes them.")
    private IdKind ids = IdKind.V4;

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
