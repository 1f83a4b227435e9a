package io.usageflow.benchmarks;

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
            AdmissionCommand.class,
            StoresCommand.class,
            ExpiryCommand.class,
            DeliveryCommand.class,
            LatencyCommand.class,
            ProducerCommand.class
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "name what to measure: admission, stores, expiry, delivery, latency or producer");
    }
}
