package io.usageflow.benchmarks;

import io.usageflow.benchmarks.admission.AdmissionBenchmark;
import io.usageflow.benchmarks.admission.AdmissionPlan;
import io.usageflow.benchmarks.admission.AdmissionResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--quick", description = "Small: shows that it works, in a few minutes. Not to be judged by.")
    private boolean quick;

    @Mixin
    private ReportFile report = new ReportFile();

    @Mixin
    private SideChoices sides = new SideChoices();

    @Override
    public Integer call() throws IOException {
        report.requireWritable(spec);
        AdmissionPlan plan = quick ? AdmissionPlan.quickly() : AdmissionPlan.full();
        AdmissionResults results = new AdmissionBenchmark(plan, sides.options()).run();
        PrintWriter out = spec.commandLine().getOut();
        results.figures()
                .forEach(figure -> out.printf(
                        "%-4s %8s   %s / %s (goal %s)%n",
                        figure.name(),
                        figure.value(),
                        figure.one().side(),
                        figure.other().side(),
                        figure.goal()));
        out.printf("%-4s %8d   MiB (goal <= 768)%n", "P11", results.memoryMiB());
        report.write(results.json(), out);
        return 0;
    }
}
