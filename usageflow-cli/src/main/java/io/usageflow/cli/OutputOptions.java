package io.usageflow.cli;

import io.usageflow.forwarder.json.ReportJson;
import picocli.CommandLine.Option;

/** How a command shows its result: a table for people, or {@code --json} for scripts. */
final class OutputOptions {
    @Option(
            names = "--json",
            description = "Print JSON for scripts: one document, or one on each line where there may be many.")
    private boolean json;

    boolean json() {
        return json;
    }

    /** Prints a whole document, indented. */
    void document(Terminal terminal, Object document) {
        terminal.sayLines(ReportJson.indented(document));
    }

    /** Prints one of many documents, on a line of its own. */
    void line(Terminal terminal, Object document) {
        terminal.say(ReportJson.line(document));
    }
}
