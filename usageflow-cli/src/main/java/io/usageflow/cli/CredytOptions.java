package io.usageflow.cli;

import io.usageflow.cli.dev.DevOptions;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.CredytSettings;
import java.util.Map;
import picocli.CommandLine.Option;

/** How commands that ask Credyt are pointed at the stand-in. */
final class CredytOptions {
    @Option(
            names = "--dev",
            description = "Use the Credyt stand-in of 'usageflow dev' on its default port, unless credyt.url and"
                    + " credyt.api.key say otherwise.")
    private boolean dev;

    ConfigSources defaults() {
        return dev
                ? ConfigSources.none()
                        .with(
                                Map.of(
                                        CredytSettings.URL,
                                        "http://127.0.0.1:" + DevOptions.SANDBOX_PORT,
                                        CredytSettings.API_KEY,
                                        DevOptions.API_KEY),
                                "--dev")
                : ConfigSources.none();
    }
}
