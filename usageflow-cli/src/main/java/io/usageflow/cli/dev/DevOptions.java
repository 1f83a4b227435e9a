package io.usageflow.cli.dev;

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
 */
public record DevOptions(int brokerPort, int registryPort, int sandboxPort, String apiKey, Optional<Path> data) {
    /** The ports that the other commands use when not told otherwise. */
    public static final int BROKER_PORT = 9092;

    public static final int REGISTRY_PORT = 8081;
    public static final int SANDBOX_PORT = 8090;
    public static final String API_KEY = "dev";

    public static DevOptions onFreePorts() {
        return new DevOptions(0, 0, 0, API_KEY, Optional.empty());
    }
}
