package io.usageflow.cli.reconcile;

import io.usageflow.cli.command.CredytCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Progress;
import io.usageflow.cli.command.RateOption;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.remedy.Remedy.RemedySummary;
import io.usageflow.forwarder.reconcile.remedy.RemedyJob;
import io.usageflow.forwarder.reconcile.remedy.RemedyRequest;
import io.usageflow.forwarder.reconcile.remedy.RemedyRequest.Audit;
import io.usageflow.forwarder.reconcile.remedy.RemedyRequest.Reasons;
import io.usageflow.forwarder.reconcile.remedy.RemedyRequest.Selection;
import io.usageflow.forwarder.replay.EventFix;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code usageflow remedy}. */
@Command(
        name = "remedy",
        description = {
            "Correct what a reconcile report has found about fees: send unbilled events again under a new id, and"
                    + " correct the wallet where fees are double or wrong.",
            "Without --apply the plan is shown and nothing is touched; --apply needs --why. Each event is looked up"
                    + " again, so a finding that Credyt has settled in the meantime is left alone. New ids and"
                    + " transaction ids are derived from the event: however often this runs, an event is"
                    + " sent again once and a wallet corrected once. Exit code 1 if a finding is left, 3 if Credyt does"
                    + " not answer.",
            "--set changes each event before it is sent again: event_type or data.KEY; an empty value takes the field"
                    + " out. A --set that names a setting is a setting, as everywhere."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow remedy november.csv                                     shows what would be done",
            "  usageflow remedy november.csv --apply --why 'invoice 2026-11'     does it",
            "  usageflow remedy november.csv --finding UNBILLED --set event_type=message_completed",
            "  usageflow remedy november.csv --finding FEES_DOUBLE --account acct_42"
        })
public final class RemedyCommand extends CredytCommand {

    private final Clock clock = Clock.systemUTC();

    @Parameters(
            paramLabel = "REPORT",
            description = "A report that 'usageflow reconcile --report' wrote, .csv or .json.")
    private Path report = Path.of("");

    @Option(
            names = "--finding",
            paramLabel = "KIND",
            split = ",",
            description = "Only findings of these kinds: UNBILLED, FEES_DOUBLE, WRONG_VERSION, FEES_MISSING,"
                    + " FEES_DIFFER.")
    private Set<Kind> kinds = Set.of();

    @Option(names = "--account", paramLabel = "ACCOUNT", description = "Only findings of this account.")
    private @Nullable String account;

    @Option(names = "--event", paramLabel = "ID", description = "Only this event, by its own id or its id at Credyt.")
    private @Nullable String event;

    @Option(names = "--apply", description = "Do it. Without this the plan is shown and nothing is touched.")
    private boolean apply;

    @Option(names = "--why", paramLabel = "TEXT", description = "For the audit; needed with --apply.")
    private String why = "";

    @Option(names = "--who", paramLabel = "NAME", description = "For the audit; the user of this machine by default.")
    private String who = System.getProperty("user.name", "unknown");

    @Option(
            names = "--reason",
            paramLabel = "CODE",
            description = "Reason of adjustments that give back what was charged too much; external_refund by default."
                    + " Credyt documents external_topup, external_refund and gift.")
    private String reason = "external_refund";

    @Option(
            names = "--charge-reason",
            paramLabel = "CODE",
            description = "Reason of adjustments that take what was charged too little. Without it such findings are"
                    + " left alone: Credyt documents no code for them.")
    private @Nullable String chargeReason;

    @Mixin
    private RateOption rate = new RateOption();

    private final Progress progress;
    private long done;

    public RemedyCommand(Terminal terminal) {
        super(terminal);
        progress = new Progress(terminal, "findings");
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (apply && why.isBlank()) {
            throw new WrongUsageException(
                    "--apply needs --why: a few words for the audit, such as an invoice's number");
        }
        RemedySummary summary;
        try {
            // Before the settings are loaded: a --set may be a change of events.
            RemedyRequest request = request();
            Settings settings = settings();
            terminal.stop().onProcessEnd();
            summary = new RemedyJob(settings, clock)
                    .run(request, remedy -> progress.at(++done), terminal.stop()::isRequested);
        } catch (IllegalArgumentException wrong) {
            throw new WrongUsageException(wrong);
        }
        show(RemedyTable.Document.of(summary, apply), () -> RemedyTable.of(summary, apply)
                .forEach(terminal::say));
        if (!summary.complete()) {
            terminal.note("usageflow: stopped before the end; the same command continues, and does nothing twice");
        }
        return summary.isDone() ? ExitCode.OK : ExitCode.PROBLEMS;
    }

    private RemedyRequest request() {
        return new RemedyRequest(
                report,
                new Selection(kinds, Optional.ofNullable(account), Optional.ofNullable(event)),
                apply,
                new Audit(who, why),
                options.takeAssignments(text -> !Settings.knows(text.split("=", 2)[0].strip())).stream()
                        .map(EventFix::parse)
                        .toList(),
                new Reasons(reason, Optional.ofNullable(chargeReason)),
                rate.perSecond());
    }
}
