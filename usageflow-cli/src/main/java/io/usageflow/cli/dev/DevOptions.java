package io.usageflow.cli.dev;

import io.usageflow.cli.command.CredytOptions;
import io.usageflow.cli.command.WrongUsageException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What to start for developers. Immutable; 0 takes a free port.
 *
 * @param brokerPort of Kafka
 * @param registryPort of the schema registry
 * @param sandboxPort of the Credyt stand-in
 * @param apiKey the only one that the stand-in takes
 * @param data keeps topics and schemas from one start to the next; empty for a folder that goes with the process
 * @param overdraftLimit how far below 0 the stand-in's wallets may go; empty for no limit
 */
public record DevOptions(
        int brokerPort,
        int registryPort,
        int sandboxPort,
        String apiKey,
        Optional<Path> data,
        Optional<BigDecimal> overdraftLimit) {
    /** The ports that the other commands use when not told otherwise. */
    public static final int BROKER_PORT = 9092;

    public static final int REGISTRY_PORT = 8081;

    /**
     * Call it before the first use of a class of the embedded broker, the schema registry or the Credyt stand-in.
     *
     * @throws WrongUsageException where this build leaves them out, as the container image does
     */
    public static void requireEmbeddedParts(String command) {
        try {
            Class.forName("io.usageflow.sandbox.CredytSandbox", false, DevOptions.class.getClassLoader());
        } catch (ClassNotFoundException leftOut) {
            throw new WrongUsageException("'usageflow " + command + "' is not part of the container image, which leaves"
                    + " out the embedded broker and the Credyt stand-in: run ./usageflow " + command
                    + " in a clone of the repository");
        }
    }

    public DevOptions {
        if (overdraftLimit.isPresent() && overdraftLimit.get().signum() < 0) {
            throw new WrongUsageException("--overdraft-limit is " + overdraftLimit.get() + ": use 0 or more");
        }
    }

    public static DevOptions onFreePorts() {
        return new DevOptions(0, 0, 0, CredytOptions.DEV_API_KEY, Optional.empty(), Optional.empty());
    }
}
