package io.usageflow.benchmarks;

import io.usageflow.benchmarks.latency.LatencyBenchmark;
import io.usageflow.benchmarks.latency.LatencyPlan;
import io.usageflow.benchmarks.latency.LatencyResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run latency}. */
@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        description = "P7: from publish to the request, through the whole pipeline at 1,000 events a second.")
final class LatencyCommand implements Callable<Integer> {
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
        LatencyPlan plan = quick ? LatencyPlan.quickly() : LatencyPlan.full();
        LatencyResults results = new LatencyBenchmark(plan, sides.options()).run();
        PrintWriter out = spec.commandLine().getOut();
        results.values().forEach((name, value) -> out.printf("%-12s %8s%n", name, value));
        report.write(results.json(), out);
        return 0;
    }
}
