package io.usageflow.cli.catalogue;

import io.usageflow.cli.command.CredytCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Progress;
import io.usageflow.cli.command.RateOption;
import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.catalogue.CatalogueReport;
import io.usageflow.forwarder.catalogue.CatalogueReport.Result;
import io.usageflow.forwarder.catalogue.CatalogueReport.Row;
import io.usageflow.forwarder.catalogue.EventCatalogueCheck;
import io.usageflow.forwarder.config.CatalogueSettings;
import io.usageflow.forwarder.config.MomentText;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.schema.text.CountText;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code usageflow catalogue}. */
@Command(
        name = "catalogue",
        synopsisSubcommandLabel = "COMMAND",
        description = "Compare published events with the products and prices at Credyt.",
        footerHeading = "%nExamples:%n",
        footer = "  usageflow catalogue check --from 7d")
public final class CatalogueCommand {
    public static CommandLine with(Terminal terminal) {
        return new CommandLine(new CatalogueCommand()).addSubcommand(new Check(terminal));
    }

    @Command(
            name = "check",
            description = {
                "Show which published events Credyt will bill, and why not the others. Credyt accepts an event that no"
                        + " price matches, and charges nothing: this finds it before the month ends.",
                "Reads the events of the period, the customer links, and from Credyt the products and each customer's"
                        + " subscriptions. Events of accounts without a link are judged by the default version of every"
                        + " product. Changes nothing. Exit code 1 if an event is not billed, or Credyt does not show"
                        + " enough to tell; 3 if Credyt does not answer."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  usageflow catalogue check                                 the events of the last day",
                "  usageflow catalogue check --from 7d --free session_started",
                "  usageflow catalogue check --json | jq '.rows[] | select(.result == \"NOT_BILLED\")'"
            })
    static final class Check extends CredytCommand {

        private final Clock clock = Clock.systemUTC();

        @Option(
                names = "--from",
                paramLabel = "TIME",
                description =
                        "Begin of the period, by the time at which Kafka took the events: 2026-11-01, an ISO time,"
                                + " or an age such as 2h; 1d by default.")
        private String from = "1d";

        @Option(names = "--to", paramLabel = "TIME", description = "End of the period, exclusive; now by default.")
        private String to = "now";

        @Option(names = "--account", paramLabel = "ACCOUNT", description = "Only the events of this account.")
        private @Nullable String account;

        @Mixin
        private FreeTypesOption free = new FreeTypesOption();

        @Option(
                names = "--max-events",
                paramLabel = "N",
                description = "Stop reading after this number of events; 1000000 by default.")
        private long maxEvents = 1_000_000;

        @Mixin
        private RateOption rate = new RateOption();

        Check(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() throws InterruptedException {
            if (maxEvents < 1) {
                throw new WrongUsageException("--max-events must be more than 0");
            }
            Settings settings = settings();
            terminal.stop().onProcessEnd();
            CatalogueReport report = new EventCatalogueCheck(settings, clock)
                    .run(
                            request(settings.catalogue()),
                            new Progress(terminal, "events checked")::at,
                            terminal.stop()::isRequested);
            show(report, () -> show(report));
            return report.isClean() ? ExitCode.OK : ExitCode.PROBLEMS;
        }

        private EventCatalogueCheck.Request request(CatalogueSettings catalogue) {
            Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            return new EventCatalogueCheck.Request(
                    MomentText.parse("--from", from, now),
                    MomentText.parse("--to", to, now),
                    Optional.ofNullable(account),
                    free.with(catalogue),
                    maxEvents,
                    rate.perSecond());
        }

        private void show(CatalogueReport report) {
            terminal.say(
                    "%s from %s to %s".formatted(CountText.of(report.events(), "event"), report.from(), report.to()));
            var table = new Table("RESULT", "EVENT TYPE", "DIMENSIONS", "PRODUCT", "EVENTS", "EXAMPLE");
            for (Row row : report.rows()) {
                table.row(
                        row.outcome(),
                        row.eventType(),
                        dimensions(row.dimensions()),
                        String.join(", ", row.products()),
                        CountText.of(row.events()),
                        row.exampleEventId() + " of " + row.exampleAccountId());
            }
            if (!table.isEmpty()) {
                terminal.say("");
                table.print(terminal);
            }
            List<String> details = CatalogueReport.details(report.rows());
            if (!details.isEmpty()) {
                terminal.say("");
                terminal.say("Why:");
                details.forEach(detail -> terminal.say("  " + detail));
            }
            report.notes().forEach(note -> terminal.note("usageflow: " + note));
            terminal.say("");
            terminal.say(verdict(report));
        }

        private static String dimensions(Map<String, String> dimensions) {
            return dimensions.entrySet().stream()
                    .map(dimension -> dimension.getKey() + "=" + dimension.getValue())
                    .sorted()
                    .collect(Collectors.joining(" "));
        }

        private static String verdict(CatalogueReport report) {
            if (!report.complete()) {
                return "STOPPED before the end of the period.";
            }
            long notBilled = CatalogueReport.events(report.rows(), Result.NOT_BILLED);
            long undecided = CatalogueReport.events(report.rows(), Result.UNDECIDED);
            if (notBilled + undecided > 0) {
                return "NOT CLEAN: Credyt does not bill %s%s."
                        .formatted(
                                CountText.of(notBilled, "event"),
                                undecided == 0 ? "" : ", and %,d cannot be judged".formatted(undecided));
            }
            return report.isClean()
                    ? "All events are billed, or of a type without a price."
                    : "NOT CLEAN: not everything could be read.";
        }
    }
}
