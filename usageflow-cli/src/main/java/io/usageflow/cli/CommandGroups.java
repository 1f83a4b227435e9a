package io.usageflow.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help;

/** The list of commands in the root's help, by who needs them. */
final class CommandGroups {
    private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();

    static {
        GROUPS.put("Run", List.of("forwarder", "doctor", "topics"));
        GROUPS.put("Operate", List.of("links", "parked", "dead-letters", "publish"));
        GROUPS.put("Finance", List.of("ledger", "trace", "reconcile"));
        GROUPS.put("Develop", List.of("demo", "dev", "sandbox", "completion", "help"));
    }

    private static final int NAME_WIDTH = 14;

    private CommandGroups() {}

    /** Commands that no group names come last, so that none is hidden by mistake. */
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
}
