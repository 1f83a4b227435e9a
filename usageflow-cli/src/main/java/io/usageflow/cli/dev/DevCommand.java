package io.usageflow.cli.dev;

import io.usageflow.cli.command.CredytOptions;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.operate.ForwarderCommand;
import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code usageflow dev}: what a service needs around it while it is being written. */
@Command(
        name = "dev",
        description = {
            "Run a Kafka broker, a schema registry and a Credyt stand-in on this machine, to develop against. On"
                    + " 127.0.0.1, with the topics created; --forwarder starts the forwarder too.",
            "For development only: no passwords, one broker. With --forwarder, settings come from the environment, such"
                    + " as USAGEFLOW_DELIVERY_OUTAGE_DEADLINE=10s."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow dev --forwarder",
            "  usageflow dev --data ./dev-data                 keeps topics and schemas",
            "  usageflow dev --broker-port 0 --registry-port 0 --sandbox-port 0     free ports"
        })
public final class DevCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--broker-port", paramLabel = "PORT", description = "Kafka's; ${DEFAULT-VALUE} by default.")
    private int brokerPort = DevOptions.BROKER_PORT;

    @Option(
            names = "--registry-port",
            paramLabel = "PORT",
            description = "The schema registry's; ${DEFAULT-VALUE} by default.")
    private int registryPort = DevOptions.REGISTRY_PORT;

    @Option(
            names = "--sandbox-port",
            paramLabel = "PORT",
            description = "The Credyt stand-in's; ${DEFAULT-VALUE} by default.")
    private int sandboxPort = CredytOptions.DEV_PORT;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            description = "The forwarder's health and metrics; ${DEFAULT-VALUE} by default.")
    private int adminPort = 8080;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "The API key that the stand-in takes; '${DEFAULT-VALUE}' by default.")
    private String key = CredytOptions.DEV_API_KEY;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Keeps topics and schemas there, for the next start. The stand-in begins empty all the same.")
    private @Nullable Path data;

    @Option(names = "--forwarder", description = "Run the forwarder too.")
    private boolean withForwarder;

    @Option(
            names = "--overdraft-limit",
            paramLabel = "AMOUNT",
            description = "Answer events with 402 that would take an account of a wallet further below 0; no limit by"
                    + " default.")
    private @Nullable BigDecimal overdraftLimit;

    public DevCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        DevOptions.requireEmbeddedParts("dev");
        terminal.stop().onProcessEnd();
        var options = new DevOptions(
                brokerPort,
                registryPort,
                sandboxPort,
                key,
                Optional.ofNullable(data),
                Optional.ofNullable(overdraftLimit));
        try (DevEnvironment environment = DevEnvironment.start(options)) {
            terminal.say("Kafka broker      " + environment.bootstrapServers());
            terminal.say("schema registry   " + environment.registryUrl());
            terminal.say("Credyt stand-in   " + environment.credytUrl() + "  (API key: " + key + ")");
            if (!withForwarder) {
                terminal.sayLines(nextSteps(environment));
                terminal.stop().await();
                return ExitCode.OK;
            }
            ConfigSources sources = ConfigSources.none()
                    .withEnvironment(terminal.environment())
                    .with(environment.settings(), "usageflow dev")
                    .with(AdminSettings.PORT, Integer.toString(adminPort), "--admin-port");
            try (Forwarder forwarder = Forwarder.start(Settings.load(sources))) {
                terminal.say("forwarder         " + forwarder.adminUrl() + "/health/ready");
                terminal.sayLines(nextSteps(environment));
                return ForwarderCommand.awaitEnd(forwarder, terminal);
            }
        }
    }

    private String nextSteps(DevEnvironment environment) {
        boolean standard = brokerPort == DevOptions.BROKER_PORT && registryPort == DevOptions.REGISTRY_PORT;
        String where = standard
                ? ""
                : " --bootstrap-servers " + environment.bootstrapServers() + " --schema-registry "
                        + environment.registryUrl();
        boolean plainForwarder =
                standard && sandboxPort == CredytOptions.DEV_PORT && key.equals(CredytOptions.DEV_API_KEY);
        String forwarder = withForwarder
                ? ""
                : plainForwarder
                        ? "  usageflow forwarder --dev%n".formatted()
                        : "  USAGEFLOW_CREDYT_API_KEY=%s usageflow forwarder%s --set credyt.url=%s%n"
                                .formatted(key, where, environment.credytUrl());
        return """

                In another terminal:
                %s\
                  usageflow links put --account acct_42 --customer-external-id acct_1%s
                  usageflow publish --account acct_42 --event-type message_completed --data total_tokens=1500%s
                  curl %s/__sandbox/stats
                Ctrl-C stops everything.""".formatted(forwarder, where, where, environment.credytUrl());
    }
}
