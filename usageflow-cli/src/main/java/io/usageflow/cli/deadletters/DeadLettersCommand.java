package io.usageflow.cli.deadletters;

import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.schema.text.CountText;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code usageflow dead-letters list|show|replay|discard}. */
@Command(
        name = "dead-letters",
        description = {
            "Show events that need a decision or a fix, and replay or discard them.",
            "",
            "Each has a reason, a word of a closed list, and the event as it was published. It stays open until it is"
                    + " replayed (sent through the pipeline again, under the same id) or discarded. Both are"
                    + " planned first and begin only with --apply; both leave a mark with who, when and why."
        },
        synopsisSubcommandLabel = "list|show|replay|discard",
        footerHeading = "%nAfter an outage, for example:%n",
        footer = {
            "  usageflow dead-letters list --since 1d",
            "  usageflow dead-letters replay --reason CREDYT_UNAVAILABLE",
            "  usageflow dead-letters replay --reason CREDYT_UNAVAILABLE --apply --canary 5 --why 'Credyt is back'"
        })
public final class DeadLettersCommand {
    public static CommandLine with(Terminal terminal) {
        return new CommandLine(new DeadLettersCommand())
                .addSubcommand(new DeadLettersList(terminal))
                .addSubcommand(new DeadLettersShow(terminal))
                .addSubcommand(new DeadLettersReplay(terminal))
                .addSubcommand(new DeadLettersDiscard(terminal));
    }

    /** Names records in the topic that are no dead letters. */
    static void noteUnreadable(Terminal terminal, DeadLetterScan.Summary summary) {
        summary.unreadableNamed().forEach(one -> terminal.note("usageflow: cannot be read, left alone: " + one));
        if (summary.expired() > 0) {
            terminal.note("usageflow: up to " + summary.expired()
                    + " dead letters have expired by the topic's retention: those that were not answered can only be"
                    + " published again");
        }
        long more = summary.unreadable() - summary.unreadableNamed().size();
        if (more > 0) {
            terminal.note("usageflow: and " + CountText.of(more, "more record") + " that cannot be read");
        }
    }
}
