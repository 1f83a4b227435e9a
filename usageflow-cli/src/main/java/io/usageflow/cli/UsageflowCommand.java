package io.usageflow.cli;

import io.usageflow.forwarder.observe.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

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
            "  usageflow doctor                check everything that a forwarder needs, with remedies",
            "  usageflow help COMMAND          the options of a command, with examples",
            "",
            "Settings come from --config FILE, the environment (credyt.url is USAGEFLOW_CREDYT_URL) and"
                    + " --set KEY=VALUE,",
            "the later beats the earlier; docs/configuration.md lists them. Results go to standard"
                    + " output, progress and",
            "problems to standard error. What to do when something is wrong: docs/runbook.md."
        })
final class UsageflowCommand {
    /** The commands in the help, by who needs them. */
    private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();

    static {
        GROUPS.put("Run", List.of("forwarder", "doctor", "topics"));
        GROUPS.put("Operate", List.of("links", "parked", "funds", "dead-letters", "publish"));
        GROUPS.put("Finance", List.of("ledger", "trace", "reconcile", "remedy", "catalogue", "simulate", "balance"));
        GROUPS.put("Develop", List.of("demo", "dev", "sandbox", "completion", "help"));
    }

    private static final int NAME_WIDTH = 14;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Print the stack trace of a failure; so does USAGEFLOW_DEBUG=1.")
    private boolean verbose;

    boolean verbose() {
        return verbose;
    }

    /** Lists the commands; those that no group names come last, so that none is hidden by mistake. */
    static String listing(Help help) {
        Map<String, Help> left = new LinkedHashMap<>(help.subcommands());
        var text = new StringBuilder();
        GROUPS.forEach((group, names) -> {
            var found = new ArrayList<String>();
            for (String name : names) {
                Help command = left.remove(name);
                if (command != null) {
                    found.add(line(name, command));
                }
            }
            append(text, group, found);
        });
        var others = new ArrayList<String>();
        left.forEach((name, command) -> others.add(line(name, command)));
        append(text, "Other", others);
        return text.toString();
    }

    private static void append(StringBuilder text, String group, List<String> lines) {
        if (!lines.isEmpty()) {
            text.append("%n%s:%n".formatted(group));
            lines.forEach(text::append);
        }
    }

    /** With the first sentence only: the command's own help has the rest. */
    private static String line(String name, Help command) {
        if (command.commandSpec().helpCommand()) {
            // Picocli's own words are of its inner life.
            return "  " + name + " ".repeat(NAME_WIDTH - name.length()) + "Show the help of a command."
                    + System.lineSeparator();
        }
        String[] description = command.commandSpec().usageMessage().description();
        String first = description.length == 0 ? "" : description[0].split("(?<=[.:;]) ", 2)[0];
        String room = " ".repeat(Math.max(1, NAME_WIDTH - name.length()));
        return "  " + name + room + first.replaceAll("[:;]$", ".").replace("%%", "%") + System.lineSeparator();
    }

    /** What {@code --version} prints. */
    static final class VersionText implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "usageflow " + Version.current() + " (Java " + Runtime.version() + ", Kafka clients "
                        + AppInfoParser.getVersion() + ")"
            };
        }
    }
}
