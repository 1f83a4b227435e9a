package io.usageflow.cli.reconcile;

import io.usageflow.cli.command.CredytCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.RateOption;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.MomentText;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileRequest;
import io.usageflow.forwarder.reconcile.ReconcileRequest.Period;
import io.usageflow.forwarder.reconcile.ReconcileRequest.Repair;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileListener;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileResult;
import io.usageflow.forwarder.reconcile.ReportFormat;
import io.usageflow.forwarder.reconcile.receipts.ReceiptReconciler;
import io.usageflow.forwarder.reconcile.receipts.ReceiptReconciler.ReconcileProgress;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary;
import io.usageflow.forwarder.reconcile.unknown.UnknownEventSearch;
import io.usageflow.forwarder.reconcile.unknown.UnknownEventSearch.SearchProgress;
import io.usageflow.forwarder.reconcile.unknown.UnknownSummary;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code usageflow reconcile}. */
@Command(
        name = "reconcile",
        description = "Compare the events at Credyt with those that were sent: for each receipt of the"
                + " period, asks Credyt for"
                + " the event. Exit code 1 if a difference is found, 3 if Credyt does not answer.",
        footerHeading = "%nWhat can be found:%n",
        footer = {
            "  MISSING    Credyt accepted the event and does not have it now: --repair sends it again",
            "  UNBILLED   Credyt has it and charged no fees; the detail says why, by Credyt's catalogue."
                    + " Name types without a price in --free",
            "  DIFFERENT  Credyt has other content: which field, ours, theirs",
            "  FEES_DOUBLE, WRONG_VERSION, FEES_MISSING, FEES_DIFFER",
            "             its fees are not those of its prices: which fee, by the prices, as charged",
            "  UNCHECKED  it could not be checked, or not wholly: the original has expired, or Credyt did not answer",
            "",
            "With --unknown it looks the other way round, and takes a run of its own: Credyt's lists"
                    + " are read, and what",
            "is on them is looked for here. What nothing here ever sent is found:",
            "  UNKNOWN_TO_US  another system writes with the same key, or the same usage was sent under another id",
            "Credyt promises neither an order nor a filter by time for its lists, so all events of each"
                    + " customer are read,",
            "whatever the period. A list that could not be proved whole is in the report, and the"
                    + " result is not clean then.",
            "",
            "With --report a run that was stopped or killed is resumed by the same command.",
            "",
            "Examples:",
            "  usageflow reconcile --from 2026-11-01 --to 2026-12-01 --report november.csv",
            "  usageflow reconcile --from 1d --account acct_42 --free session_started",
            "  usageflow reconcile --from 2026-11-01 --to 2026-12-01 --unknown --report unknown.csv",
            "  usageflow reconcile --from 1d --repair                                 counts what would be sent",
            "  usageflow reconcile --from 1d --repair --apply --why 'invoice 2026-11'   sends it"
        })
public final class ReconcileCommand extends CredytCommand {
    private static final Duration NOTE_INTERVAL = Duration.ofSeconds(2);

    private final Clock clock = Clock.systemUTC();

    @Option(
            names = "--from",
            required = true,
            paramLabel = "TIME",
            description =
                    "Begin of the period: when Credyt accepted the events. 2026-11-01, an ISO time, or an age such"
                            + " as 2h.")
    private String from = "";

    @Option(names = "--to", paramLabel = "TIME", description = "End of the period, exclusive; now by default.")
    private String to = "now";

    @Option(names = "--account", paramLabel = "ACCOUNT", description = "Only the events of this account.")
    private @Nullable String account;

    @Option(
            names = "--free",
            paramLabel = "TYPE",
            split = ",",
            description = "Event types that have no price at Credyt: no fees are expected of them.")
    private Set<String> free = Set.of();

    @Mixin
    private RateOption rate = new RateOption();

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write every finding there: .csv, or .json for JSON Lines. The checkpoint stands next to it"
                    + " in FILE.checkpoint until the run is done.")
    private @Nullable Path report;

    @Option(
            names = "--unknown",
            description =
                    "Find events that Credyt has and nothing here sent. Reads all events of each customer who has a"
                            + " link, or a receipt in the period: a question for every 100 events, or"
                            + " fewer where Credyt's pages"
                            + " are smaller.")
    private boolean unknown;

    @ArgGroup(exclusive = false)
    private @Nullable RepairOptions repair;

    static final class RepairOptions {
        @Option(
                names = "--repair",
                required = true,
                description = "Count the missing events that can be sent again; sends nothing without --apply.")
        @SuppressWarnings("UnusedVariable") // its presence counts
        private boolean repair;

        @Option(
                names = "--apply",
                description = "Send them again: same id, same bytes, through the lane of replays. Credyt ignores an id"
                        + " that it has.")
        private boolean apply;

        @Option(names = "--why", paramLabel = "TEXT", description = "For the audit; needed with --apply.")
        private @Nullable String why;

        @Option(
                names = "--who",
                paramLabel = "NAME",
                description = "For the audit; the user of this machine by default.")
        private String who = System.getProperty("user.name", "unknown");

        @Option(names = "--again", description = "Also events that an earlier repair has sent.")
        private boolean again;

        Repair repair() {
            String reason = why;
            if (!apply) {
                return Repair.plan();
            }
            if (reason == null || reason.isBlank()) {
                throw new WrongUsageException(
                        "--apply needs --why: a few words for the audit, such as an invoice's number");
            }
            return Repair.apply(who, reason, again);
        }
    }

    public ReconcileCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = settings();
        terminal.stop().onProcessEnd();
        return unknown ? lists(settings) : receipts(settings);
    }

    private int receipts(Settings settings) throws InterruptedException {
        var shown = new Shown<ReconcileProgress>() {
            @Override
            Optional<String> line(ReconcileProgress progress) {
                return progress.share() > 0 ? Optional.of(ReconcileTable.line(progress)) : Optional.empty();
            }
        };
        ReconcileResult<ReconcileSummary> result;
        try {
            result = new ReceiptReconciler(settings, clock).run(request(), shown, terminal.stop()::isRequested);
        } catch (IllegalArgumentException wrong) {
            throw new WrongUsageException(wrong);
        }
        show(ReconcileTable.Document.of(result), () -> ReconcileTable.of(
                        result, shown.sample, Optional.ofNullable(report))
                .forEach(terminal::say));
        return ended(result.complete(), result.summary().found() == 0);
    }

    private int lists(Settings settings) throws InterruptedException {
        if (repair != null || !free.isEmpty()) {
            throw new WrongUsageException("--unknown only looks through Credyt's lists: leave out "
                    + (repair != null ? "--repair, there is nothing to send" : "--free, fees are not looked at"));
        }
        var shown = new Shown<SearchProgress>() {
            @Override
            Optional<String> line(SearchProgress progress) {
                return Optional.of(UnknownTable.line(progress, elapsed()));
            }
        };
        ReconcileResult<UnknownSummary> result;
        try {
            result = new UnknownEventSearch(settings, clock).run(request(), shown, terminal.stop()::isRequested);
        } catch (IllegalArgumentException wrong) {
            throw new WrongUsageException(wrong);
        }
        show(UnknownTable.document(result), () -> UnknownTable.of(result, shown.sample, Optional.ofNullable(report))
                .forEach(terminal::say));
        return ended(result.complete(), !result.summary().hasFindings());
    }

    private int ended(boolean complete, boolean clean) {
        if (!complete) {
            terminal.note("usageflow: stopped before the end"
                    + (report == null ? "; use --report to make the run resumable" : ": the same command resumes it"));
        }
        return complete && clean ? ExitCode.OK : ExitCode.PROBLEMS;
    }

    private Period period() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        if (report != null) {
            ReportFormat.of(report);
        }
        return new Period(
                MomentText.parse("--from", from, now), MomentText.parse("--to", to, now), "from " + from + " to " + to);
    }

    private ReconcileRequest request() {
        return new ReconcileRequest(
                period(),
                Optional.ofNullable(account),
                free,
                rate.perSecond(),
                repair == null ? Repair.none() : repair.repair(),
                Optional.ofNullable(report));
    }

    /** Prints the progress, and keeps the first findings for the end. */
    private abstract class Shown<P> implements ReconcileListener<P> {
        final List<ReconcileFinding> sample = new ArrayList<>();
        private final long began = System.nanoTime();
        private long notedAt = began;

        /** Empty where there is nothing to print yet. */
        abstract Optional<String> line(P progress);

        Duration elapsed() {
            return Duration.ofNanos(System.nanoTime() - began);
        }

        @Override
        public void advanced(P progress) {
            long now = System.nanoTime();
            if (now - notedAt >= NOTE_INTERVAL.toNanos()) {
                line(progress).ifPresent(line -> {
                    notedAt = now;
                    terminal.note(line);
                });
            }
        }

        @Override
        public void found(ReconcileFinding finding) {
            if (sample.size() < ReconcileTable.SAMPLE_MAX) {
                sample.add(finding);
            }
        }
    }
}
