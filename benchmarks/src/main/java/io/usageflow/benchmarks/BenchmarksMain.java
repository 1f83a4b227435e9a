package io.usageflow.benchmarks;

import io.usageflow.benchmarks.admission.AdmissionBenchmark;
import io.usageflow.benchmarks.admission.ExpiryBenchmark;
import io.usageflow.benchmarks.admission.IdsBenchmark;
import io.usageflow.benchmarks.admission.StoresBenchmark;
import io.usageflow.benchmarks.delivery.DeliveryBenchmark;
import io.usageflow.benchmarks.latency.CostBenchmark;
import io.usageflow.benchmarks.latency.LatencyBenchmark;
import io.usageflow.benchmarks.producer.ProducerBenchmark;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run}: runs one benchmark. */
@Command(
        name = "benchmarks/run",
        description = "Measure usageflow against what it could be replaced with, both sides in one run.",
        mixinStandardHelpOptions = true,
        subcommands = {
            AdmissionBenchmark.Cli.class,
            StoresBenchmark.Cli.class,
            IdsBenchmark.Cli.class,
            ExpiryBenchmark.Cli.class,
            DeliveryBenchmark.Cli.class,
            LatencyBenchmark.Cli.class,
            CostBenchmark.Cli.class,
            ProducerBenchmark.Cli.class
        })
public final class BenchmarksMain implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    BenchmarksMain() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new BenchmarksMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "name what to measure: admission, stores, ids, expiry, delivery, latency, cost or producer");
    }
}
