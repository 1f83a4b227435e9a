package io.usageflow.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.usageflow.benchmarks.admission.AdmissionBenchmark;
import io.usageflow.benchmarks.admission.AdmissionPlan;
import io.usageflow.benchmarks.admission.AdmissionResults;
import io.usageflow.benchmarks.ground.SideOptions;
import io.usageflow.benchmarks.load.IdKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run admission}. */
@Command(
        name = "admission",
        mixinStandardHelpOptions = true,
        description =
                "P1, P2, P3 and P11: admission against a plain copy, against itself with nothing remembered, against"
                        + " the usual recipe, and its memory.")
final class AdmissionCommand implements Callable<Integer> {
    /** What a small container would give it; the sides' memory is compared by nobody, but P11 depends on it. */
    private static final String JVM = "-Xmx448m";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--quick",
            description = "Small: shows that it works, in two or three minutes. Not to be judged by.")
    private boolean quick;

    @Option(names = "--report", required = true, paramLabel = "FILE", description = "Where the JSON goes.")
    private Path report = Path.of("");

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

    @Override
    public Integer call() throws IOException {
        SideOptions options = new SideOptions(List.of(jvm.strip().split("\\s+")), settings, ids);
        AdmissionResults results =
                new AdmissionBenchmark(quick ? AdmissionPlan.quickly() : AdmissionPlan.full(), options).run();
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(report.toFile(), results.json());
        PrintWriter out = spec.commandLine().getOut();
        results.figures()
                .forEach(figure -> out.printf(
                        "%-4s %8s   %s (goal %s)%n",
                        figure.name(),
                        figure.value(),
                        figure.one().side() + " / " + figure.other().side(),
                        figure.goal()));
        out.printf("%-4s %8d   MiB (goal <= 768)%n", "P11", results.memoryMiB());
        out.println("written to " + report);
        return 0;
    }
}
