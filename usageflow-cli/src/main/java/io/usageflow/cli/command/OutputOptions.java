package io.usageflow.cli.command;

import io.usageflow.forwarder.json.ReportJson;
import picocli.CommandLine.Option;

/** How a command shows its result: a table for people, or {@code --json} for scripts. */
public final class OutputOptions {
    @Option(names = "--json", description = "Print JSON for scripts: one document, or one on each line for lists.")
    private boolean json;

    public boolean json() {
        return json;
    }

    /** Prints a whole document, indented. */
    public void document(Terminal terminal, Object document) {
        terminal.sayLines(ReportJson.indented(document));
    }

    /** Prints one of many documents, on a line of its own. */
    public void line(Terminal terminal, Object document) {
        terminal.say(ReportJson.line(document));
    }
}
