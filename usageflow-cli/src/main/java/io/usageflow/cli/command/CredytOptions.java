package io.usageflow.cli.command;

import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.CredytSettings;
import java.util.Map;
import picocli.CommandLine.Option;

/** How commands that ask Credyt are pointed at the stand-in. */
public final class CredytOptions {
    /** Where {@code usageflow dev} and {@code usageflow sandbox} listen. */
    public static final int DEV_PORT = 8090;

    public static final String DEV_API_KEY = "dev";

    @Option(
            names = "--dev",
            description = "Use the Credyt stand-in of 'usageflow dev' on its default port, unless credyt.url and"
                    + " credyt.api.key say otherwise.")
    private boolean dev;

    public ConfigSources defaults() {
        return dev
                ? ConfigSources.none()
                        .with(
                                Map.of(
                                        CredytSettings.URL,
                                        "http://127.0.0.1:" + DEV_PORT,
                                        CredytSettings.API_KEY,
                                        DEV_API_KEY),
                                "--dev")
                : ConfigSources.none();
    }
}
