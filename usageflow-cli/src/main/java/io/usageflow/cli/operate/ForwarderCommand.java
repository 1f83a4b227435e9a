package io.usageflow.cli.operate;

import io.usageflow.cli.command.CredytOptions;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.SettingsOptions;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.Settings;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code usageflow forwarder}: the service. */
@Command(
        name = "forwarder",
        description =
                "Run the forwarder: admission and delivery, or the one that roles names. Ends in order on SIGTERM:"
                        + " requests in flight are finished and committed.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow forwarder --config forwarder.properties",
            "  usageflow forwarder --set roles=delivery --set admin.port=8082",
            "  usageflow forwarder --dev           with a running 'usageflow dev'"
        })
public final class ForwarderCommand implements Callable<Integer> {
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
    private static final Duration HOOK_GRACE = Duration.ofSeconds(10);

    private final Terminal terminal;

    @Mixin
    private SettingsOptions options = new SettingsOptions();

    @Mixin
    private CredytOptions credyt = new CredytOptions();

    public ForwarderCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Settings settings = Settings.load(options.over(credyt.defaults(), terminal.environment()));
        terminal.stop().onProcessEnd(settings.process().stopTimeout().plus(HOOK_GRACE));
        try (Forwarder forwarder = Forwarder.start(settings)) {
            terminal.say(
                    "forwarder runs: " + forwarder.adminUrl() + "/health/ready, " + forwarder.adminUrl() + "/metrics");
            return awaitEnd(forwarder, terminal);
        }
    }

    /** Waits until a stop is requested, or until a stage has died: then the supervisor should restart the process. */
    public static int awaitEnd(Forwarder forwarder, Terminal terminal) {
        while (!terminal.stop().await(LOOK_INTERVAL)) {
            if (!forwarder.health().live()) {
                forwarder.health().stages().forEach((stage, health) -> {
                    if (!health.live()) {
                        terminal.note("usageflow: " + stage + " died: " + health.detail());
                    }
                });
                return ExitCode.FAULT;
            }
        }
        return ExitCode.OK;
    }
}
