package io.usageflow.benchmarks;

import io.usageflow.benchmarks.delivery.DeliveryBenchmark;
import io.usageflow.benchmarks.delivery.DeliveryPlan;
import io.usageflow.benchmarks.delivery.DeliveryResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    @Mixin
    private ReportFile report = new ReportFile();

    @Mixin
    private SideChoices sides = new SideChoices();

    @Override
    public Integer call() throws IOException {
        report.requireWritable(spec);
        DeliveryPlan plan = quick ? DeliveryPlan.quickly() : DeliveryPlan.full();
        DeliveryResults results = new DeliveryBenchmark(plan, sides.options()).run();
        PrintWriter out = spec.commandLine().getOut();
        results.values().forEach((name, value) -> out.printf("%-12s %8s%n", name, value));
        report.write(results.json(), out);
        return 0;
    }
}
