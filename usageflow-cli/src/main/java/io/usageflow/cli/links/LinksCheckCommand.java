package io.usageflow.cli.links;

import io.usageflow.cli.command.CredytCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Progress;
import io.usageflow.cli.command.RateOption;
import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.identity.CredytConnection;
import io.usageflow.forwarder.identity.LinkCheck;
import io.usageflow.forwarder.identity.LinkCheck.Problem;
import io.usageflow.forwarder.identity.LinkCheck.Report;
import io.usageflow.forwarder.links.LinkTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "check",
        description = {
            "Ask Credyt for the customer or vendor of every link, and show the links that it does not know. Changes"
                    + " nothing.",
            "UNKNOWN: Credyt says that it has none; events of the account become dead letters. UNCLEAR: the answer"
                    + " proves neither. Exit code 1 if a link is unknown or unclear; 3 if Credyt does not answer."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow links check",
            "  usageflow links check --vendors --rate 5",
            "  usageflow links check --json | jq -r '.findings[].account'"
        })
public final class LinksCheckCommand extends CredytCommand {

    @Mixin
    private KindOptions kinds = new KindOptions();

    @Mixin
    private RateOption rate = new RateOption();

    LinksCheckCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        Settings settings = settings();
        terminal.stop().onProcessEnd();
        var progress = new Progress(terminal, "links checked");
        Report report;
        try (CredytConnection connection =
                CredytConnection.open(settings.credyt(), rate.perSecond(), terminal.stop()::isRequested)) {
            report = new LinkCheck(connection.lookup(), progress::at)
                    .run(
                            new LinkTable(settings),
                            kinds.kinds(),
                            refused -> terminal.note("usageflow: a record that admission does not take: " + refused));
        }
        show(Document.of(report), () -> show(report));
        return report.isClean() ? ExitCode.OK : ExitCode.PROBLEMS;
    }

    private void show(Report report) {
        var table = new Table("PROBLEM", "KIND", "NAME", "FOUND");
        report.findings()
                .forEach(finding -> table.row(
                        finding.problem(),
                        finding.link().kind().key(),
                        finding.link().name(),
                        finding.why()));
        if (!table.isEmpty()) {
            table.print(terminal);
            terminal.say("");
        }
        long more = report.unknown() + report.unclear() - report.findings().size();
        if (more > 0) {
            terminal.say("... and %,d more".formatted(more));
        }
        terminal.say("known %,d, unknown %,d, unclear %,d%s"
                .formatted(
                        report.known(),
                        report.unknown(),
                        report.unclear(),
                        report.complete() ? "" : "; STOPPED before the last link"));
        if (report.findings().stream().anyMatch(finding -> finding.problem() == Problem.UNKNOWN)) {
            terminal.say("Correct an unknown link with 'usageflow links put', or make what it names with 'usageflow"
                    + " links create'.");
        }
    }

    /** What {@code --json} shows; a finding has the fields of {@code links list}. */
    public record Document(
            boolean complete, long known, long unknown, long unclear, List<Map<String, Object>> findings) {
        public static Document of(Report report) {
            return new Document(
                    report.complete(),
                    report.known(),
                    report.unknown(),
                    report.unclear(),
                    report.findings().stream()
                            .map(finding -> {
                                var fields = new LinkedHashMap<>(finding.link().document());
                                fields.put("problem", finding.problem());
                                fields.put("why", finding.why());
                                return (Map<String, Object>) fields;
                            })
                            .toList());
        }
    }
}
