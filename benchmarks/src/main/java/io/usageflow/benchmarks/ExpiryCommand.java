package io.usageflow.benchmarks;

import io.usageflow.benchmarks.expiry.ExpiryBenchmark;
import io.usageflow.benchmarks.expiry.ExpiryPlan;
import io.usageflow.benchmarks.expiry.ExpiryResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run expiry}. */
@Command(
        name = "expiry",
        mixinStandardHelpOptions = true,
        description = "Admission that forgets as many ids as come against admission that keeps all.")
final class ExpiryCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--quick", description = "One round: shows that it works. Not to be judged by.")
    private boolean quick;

    @Mixin
    private ReportFile report = new ReportFile();

    @Mixin
    private SideChoices sides = new SideChoices();

    @Override
    public Integer call() throws IOException {
        report.requireWritable(spec);
        ExpiryPlan plan = quick ? ExpiryPlan.quickly() : ExpiryPlan.full();
        ExpiryResults results = new ExpiryBenchmark(plan, sides.options()).run();
        PrintWriter out = spec.commandLine().getOut();
        for (var series : List.of(results.keeping(), results.forgetting())) {
            var json = series.json();
            out.printf(
                    "%-10s %8s events/s %6s us CPU/event%n",
                    series.side(),
                    json.get("eventsPerSecond").asText(),
                    json.get("cpuMicrosPerEvent").asText());
        }
        out.printf("expiry %s   forgetting / keeping%n", results.figure().value());
        report.write(results.json(), out);
        return 0;
    }
}
