package io.usageflow.cli.publish;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Explanation;
import io.usageflow.cli.command.Progress;
import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.catalogue.CatalogueReport;
import io.usageflow.forwarder.catalogue.CatalogueReport.Result;
import io.usageflow.forwarder.catalogue.CatalogueReport.Row;
import io.usageflow.forwarder.catalogue.InputCatalogueCheck;
import io.usageflow.forwarder.catalogue.InputCatalogueCheck.Input;
import io.usageflow.forwarder.catalogue.InputReport;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.schema.text.CountText;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether publish asks Credyt first which events it would bill, and what follows from the answer. For one run. */
final class BillingForecastOption {
    /** A warning must not delay a backfill for long: a question for each of many customers takes time. */
    private static final Duration WARN_WITHIN = Duration.ofSeconds(30);

    @Option(
            names = "--unbillable",
            paramLabel = "warn|refuse|pass",
            description = "What to do about events that Credyt would accept and not bill. warn, the default, names them"
                    + " before anything is sent, and sends all; it asks for 30 s at most, and Credyt need not answer."
                    + " refuse sends nothing if one event would not be billed or cannot be judged (exit code 1), and"
                    + " Credyt must answer (exit code 3). pass does not ask Credyt.")
    private Unbillable unbillable = Unbillable.WARN;

    /** What becomes of an input with events that would not be billed. */
    enum Unbillable {
        WARN,
        REFUSE,
        PASS
    }

    boolean isAsked() {
        return unbillable != Unbillable.PASS;
    }

    boolean refuses() {
        return unbillable == Unbillable.REFUSE;
    }

    /** Whether the input must not be sent. */
    boolean refuses(Optional<InputReport> report) {
        return refuses() && !report.map(InputReport::isBilled).orElse(false);
    }

    /**
     * Checks the events, and says on standard error which would not be billed.
     *
     * @param links whether the customer links are read from Kafka
     * @return empty if they could not be checked
     */
    Optional<InputReport> check(Terminal terminal, Settings settings, boolean links, Input input)
            throws IOException, InterruptedException {
        long begun = System.nanoTime();
        try {
            InputReport report = new InputCatalogueCheck(settings, Clock.systemUTC())
                    .run(
                            input,
                            links,
                            settings.catalogue().freeEventTypes(),
                            new Progress(terminal, "events checked against Credyt's catalogue")::at,
                            () -> terminal.stop().isRequested()
                                    || (!refuses() && System.nanoTime() - begun > WARN_WITHIN.toNanos()));
            show(terminal, report);
            return Optional.of(report);
        } catch (IOException | RuntimeException failure) {
            Explanation why = Explanation.of(failure);
            if (refuses() || why.exitCode() == ExitCode.FAULT) {
                throw failure;
            }
            notChecked(terminal, String.join("; ", why.lines()));
            return Optional.empty();
        }
    }

    static void notChecked(Terminal terminal, String why) {
        terminal.note("usageflow: not checked against Credyt's catalogue: " + why);
    }

    private void show(Terminal terminal, InputReport report) {
        report.notes().forEach(note -> terminal.note("usageflow: " + note));
        if (!report.complete()) {
            terminal.note("usageflow: only the first %,d events were checked against Credyt's catalogue"
                    .formatted(report.events()));
        }
        List<Row> open = report.rows().stream().filter(Row::isOpen).toList();
        if (!open.isEmpty()) {
            var table = new Table("CREDYT", "EVENT TYPE", "EVENTS", "EXAMPLE");
            open.forEach(row -> table.row(
                    row.outcome(),
                    row.eventType(),
                    CountText.of(row.events()),
                    row.exampleEventId() + " of " + row.exampleAccountId()));
            table.lines().forEach(terminal::note);
            CatalogueReport.details(open).forEach(detail -> terminal.note("  " + detail));
            long undecided = report.events(Result.UNDECIDED);
            terminal.note("usageflow: Credyt would not bill %,d of %,d events%s"
                    .formatted(
                            report.events(Result.NOT_BILLED),
                            report.events(),
                            undecided == 0 ? "" : ", and %,d cannot be judged".formatted(undecided)));
        }
        if (refuses(Optional.of(report))) {
            terminal.note("usageflow: nothing was published: correct the events, or what Credyt's catalogue lacks");
        }
    }
}
