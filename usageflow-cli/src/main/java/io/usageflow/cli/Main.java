package io.usageflow.cli;

import io.usageflow.cli.catalogue.CatalogueCommand;
import io.usageflow.cli.catalogue.SimulateCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Explanation;
import io.usageflow.cli.command.Logging;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.deadletters.DeadLettersCommand;
import io.usageflow.cli.demo.DemoCommand;
import io.usageflow.cli.dev.DevCommand;
import io.usageflow.cli.dev.SandboxCommand;
import io.usageflow.cli.links.LinksCommand;
import io.usageflow.cli.operate.BalanceCommand;
import io.usageflow.cli.operate.DoctorCommand;
import io.usageflow.cli.operate.ForwarderCommand;
import io.usageflow.cli.operate.FundsCommand;
import io.usageflow.cli.operate.LedgerCommand;
import io.usageflow.cli.operate.ParkedCommand;
import io.usageflow.cli.operate.TopicsCommand;
import io.usageflow.cli.operate.TraceCommand;
import io.usageflow.cli.publish.PublishCommand;
import io.usageflow.cli.reconcile.ReconcileCommand;
import io.usageflow.cli.reconcile.RemedyCommand;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.schema.text.VisibleText;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code usageflow}: runs one command and ends with its exit code. */
public final class Main {
    private static final int HELP_WIDTH = 110;

    private Main() {}

    public static void main(String[] args) {
        // The texts are English, so 1,234 must not be 1.234 where the machine speaks another language.
        Locale.setDefault(Locale.ROOT);
        Terminal terminal = Terminal.ofProcess();
        Logging.configure(terminal.environment());
        System.exit(run(terminal, args));
    }

    /** Runs one command as the process would; neither exits nor touches anything global. */
    static int run(Terminal terminal, String... args) {
        try {
            shownSecrets(args)
                    // Not a field: our logging is configured by then.
                    .forEach(key -> LoggerFactory.getLogger(Main.class)
                            .warn(
                                    "event=secret_on_command_line key={} why=\"every user of this"
                                            + " machine sees it in the list of"
                                            + " processes\" remedy=\"set {}, or write it into a --config FILE\"",
                                    VisibleText.logged(key),
                                    VisibleText.of(ConfigSources.variableOf(key))));
            return commandLine(terminal).execute(args);
        } finally {
            terminal.out().flush();
            terminal.err().flush();
            // The hook that holds the process until the command has ended waits for this.
            terminal.stop().finished();
        }
    }

    private static List<String> shownSecrets(String... args) {
        var assignments = new ArrayList<String>();
        for (int i = 0; i < args.length; i++) {
            if (args[i].startsWith("--set=")) {
                assignments.add(args[i].substring("--set=".length()));
            } else if (args[i].equals("--set") && i + 1 < args.length) {
                assignments.add(args[i + 1]);
            }
        }
        return ConfigSources.secretsIn(assignments);
    }

    static CommandLine commandLine(Terminal terminal) {
        var root = new UsageflowCommand();
        var line = new CommandLine(root);
        line.addSubcommand(new CommandLine.HelpCommand());
        commands(terminal).forEach(line::addSubcommand);
        describeUniformly(line);
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, UsageflowCommand::listing);
        // After the subcommands were added: these are handed down to those that are there.
        return line.setOut(terminal.out())
                .setErr(terminal.err())
                .setUsageHelpWidth(HELP_WIDTH)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, given) -> explainUsage(terminal, wrong))
                .setExecutionExceptionHandler((failure, command, parsed) -> explain(
                        terminal,
                        failure,
                        root.verbose() || terminal.environment().containsKey("USAGEFLOW_DEBUG")));
    }

    /** In the order in which a newcomer meets them. */
    private static List<CommandLine> commands(Terminal terminal) {
        return List.of(
                new CommandLine(new DemoCommand(terminal)),
                new CommandLine(new DevCommand(terminal)),
                new CommandLine(new PublishCommand(terminal)),
                LinksCommand.with(terminal),
                ParkedCommand.with(terminal),
                FundsCommand.with(terminal),
                TopicsCommand.with(terminal),
                DeadLettersCommand.with(terminal),
                new CommandLine(new ForwarderCommand(terminal)),
                new CommandLine(new LedgerCommand(terminal)),
                new CommandLine(new DoctorCommand(terminal)),
                new CommandLine(new TraceCommand(terminal)),
                new CommandLine(new ReconcileCommand(terminal)),
                new CommandLine(new RemedyCommand(terminal)),
                CatalogueCommand.with(terminal),
                new CommandLine(new SimulateCommand(terminal)),
                new CommandLine(new BalanceCommand(terminal)),
                new CommandLine(new SandboxCommand(terminal)),
                new CommandLine(new CompletionCommand(terminal)));
    }

    private static void describeUniformly(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        spec.mixinStandardHelpOptions(true).versionProvider(new UsageflowCommand.VersionText());
        spec.exitCodeOnInvalidInput(ExitCode.USAGE);
        spec.usageMessage().sortOptions(false).abbreviateSynopsis(true);
        spec.usageMessage().exitCodeListHeading("%nExit codes:%n");
        spec.usageMessage()
                .exitCodeList(ExitCode.LIST.stream()
                        .map(entry -> entry.split(":", 2))
                        .collect(Collectors.toMap(
                                entry -> entry[0],
                                entry -> entry[1],
                                (one, other) -> one,
                                java.util.LinkedHashMap::new)));
        line.getSubcommands().values().stream()
                .filter(command -> !command.getCommandName().equals("help"))
                .forEach(Main::describeUniformly);
    }

    private static int explainUsage(Terminal terminal, ParameterException wrong) {
        CommandSpec command = wrong.getCommandLine().getCommandSpec();
        var message = new StringBuilder("usageflow: ");
        if ("Missing required subcommand".equals(wrong.getMessage())) {
            String choice = command.usageMessage().synopsisSubcommandLabel();
            message.append(
                    command.parent() == null
                            ? "name a command"
                            : "name what to do: "
                                    + choice.replaceFirst("\\|(?!.*\\|)", " or ")
                                            .replace("|", ", "));
        } else {
            message.append(wrong.getMessage());
        }
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                message.append("; did you mean ")
                        .append(suggestions.stream().limit(3).collect(Collectors.joining(" or ")))
                        .append('?');
            }
        }
        terminal.note(message + " ('" + command.qualifiedName() + " --help' lists the options)");
        return ExitCode.USAGE;
    }

    private static int explain(Terminal terminal, Exception failure, boolean trace) {
        Explanation explanation = Explanation.of(failure);
        explanation.lines().forEach(line -> terminal.note("usageflow: " + line));
        if (trace) {
            var stackTrace = new StringWriter();
            failure.printStackTrace(new PrintWriter(stackTrace, true));
            terminal.noteLines(stackTrace.toString());
        }
        return explanation.exitCode();
    }
}
