package io.usageflow.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command: names what there is. */
@Command(
        name = "usageflow",
        description = "Durable usage events, from your services through Kafka to Credyt.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "",
        footerHeading = "%nTo begin:%n",
        footer = {
            "  usageflow demo                  the whole pipeline in one process, on generated usage",
            "  usageflow dev --forwarder       broker, registry, Credyt stand-in and forwarder to develop against",
            "  usageflow doctor                whether all is there that a forwarder needs, with a remedy for what is not",
            "  usageflow help COMMAND          the options of a command, with examples",
            "",
            "Settings come from --config FILE, the environment (credyt.url is USAGEFLOW_CREDYT_URL) and --set KEY=VALUE,",
            "the later beats the earlier; docs/configuration.md lists them. Results go to standard output, progress and",
            "problems to standard error. What to do when something is wrong: docs/runbook.md."
        })
final class UsageflowCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show where a failure came from; so does USAGEFLOW_DEBUG=1.")
    private boolean verbose;

    boolean verbose() {
        return verbose;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }
}
