package io.usageflow.benchmarks;

import io.usageflow.benchmarks.delivery.DeliveryBenchmark;
import io.usageflow.benchmarks.delivery.DeliveryPlan;
import io.usageflow.benchmarks.delivery.DeliveryResults;
import io.usageflow.benchmarks.side.SideKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run delivery}. */
@Command(
        name = "delivery",
        mixinStandardHelpOptions = true,
        description = "P4, P5, P6 and P10: delivery against Parallel Consumer and a naive consumer.")
final class DeliveryCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--quick", description = "Small: shows that it works. Not to be judged by.")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "SIDE",
            split = ",",
            description = "Some sides: delivery, vertx-key, vertx-batch, core-key, naive (default: all).")
    private List<String> only = List.of();

    @Option(
            names = "--phase",
            paramLabel = "PHASE",
            split = ",",
            description = "Some phases: 0ms, 20ms, 100ms, and for P6 20ms-64, 100ms-256 (default: all).")
    private List<String> phases = List.of();

    @Mixin
    private ReportFile report = new ReportFile();

    @Mixin
    private SideChoices sides = new SideChoices();

    @Override
    public Integer call() throws IOException {
        report.requireWritable(spec);
        DeliveryPlan all = quick ? DeliveryPlan.quickly() : DeliveryPlan.full();
        DeliveryPlan plan = all.only(kinds(), Set.copyOf(phases));
        DeliveryResults results = new DeliveryBenchmark(plan, sides.options()).run();
        PrintWriter out = spec.commandLine().getOut();
        results.values().forEach((name, value) -> out.printf("%-12s %8s%n", name, value));
        report.write(results.json(), out);
        return 0;
    }

    private Set<SideKind> kinds() {
        try {
            return only.stream().map(SideKind::ofWord).collect(Collectors.toSet());
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(spec.commandLine(), "--only: " + unknown.getMessage());
        }
    }
}
