package io.usageflow.benchmarks;

import io.usageflow.benchmarks.producer.ProducerBenchmark;
import io.usageflow.benchmarks.producer.ProducerPlan;
import io.usageflow.benchmarks.producer.ProducerResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run producer}. */
@Command(
        name = "producer",
        mixinStandardHelpOptions = true,
        description = "P8 and P9: publishing beside a KafkaProducer with the same Avro records, and the caller's cost.")
final class ProducerCommand implements Callable<Integer> {
    private static final String JVM = "-Xmx448m";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--quick", description = "Small: shows that it works. Not to be judged by.")
    private boolean quick;

    @Mixin
    private ReportFile report = new ReportFile();

    @Option(
            names = "--jvm",
            paramLabel = "OPTIONS",
            defaultValue = JVM,
            description = "JVM options of every side, in one argument (default: ${DEFAULT-VALUE}).")
    private String jvm = JVM;

    @Override
    public Integer call() throws IOException {
        report.requireWritable(spec);
        ProducerPlan plan = quick ? ProducerPlan.quickly() : ProducerPlan.full();
        ProducerResults results =
                new ProducerBenchmark(plan, List.of(jvm.strip().split("\\s+"))).run();
        PrintWriter out = spec.commandLine().getOut();
        results.values().forEach((name, value) -> out.printf("%-20s %8s%n", name, value));
        report.write(results.json(), out);
        return 0;
    }
}
