package io.usageflow.cli.catalogue;

import io.usageflow.cli.command.CredytCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Progress;
import io.usageflow.cli.command.RateOption;
import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.cli.publish.EventInput;
import io.usageflow.forwarder.catalogue.simulation.SimulationReport;
import io.usageflow.forwarder.catalogue.simulation.SimulationReport.Result;
import io.usageflow.forwarder.catalogue.simulation.SimulationReport.Row;
import io.usageflow.forwarder.catalogue.simulation.UsageSimulation;
import io.usageflow.forwarder.catalogue.simulation.UsageSimulation.InputEvent;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.publish.input.InputBytes;
import io.usageflow.forwarder.publish.line.LineCheck;
import io.usageflow.forwarder.publish.line.LineIds;
import io.usageflow.forwarder.publish.line.LineSource;
import io.usageflow.schema.text.CountText;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code usageflow simulate}: the price of a file of events, before any of them is published. */
@Command(
        name = "simulate",
        description = {
            "Price the events of a file by Credyt's simulation, and compare it with our estimate. Publishes nothing,"
                    + " and needs neither Kafka nor registry.",
            "Reads the same files as 'usageflow publish'. Credyt simulates each event for the default version of every"
                    + " product, or for the versions that --product names; customers, their subscriptions and balances"
                    + " do not count. Exit code 1 if the two differ, if an event is not billed, if a line is bad, or if"
                    + " Credyt's answer is not understood; 3 if Credyt does not answer."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow simulate --input usage.jsonl",
            "  usageflow simulate --input usage.csv --csv-mapping \"account_id=customer,event_type='call'\"",
            "  usageflow simulate --input usage.jsonl --product assistant:3     a version before it is the default"
        })
public final class SimulateCommand extends CredytCommand {
    private static final Pattern VERSION = Pattern.compile("(.+):(\\d{1,9})");

    private final Clock clock = Clock.systemUTC();

    @Mixin
    private EventInput input = new EventInput();

    @Option(
            names = "--product",
            paramLabel = "CODE[:VERSION]",
            split = ",",
            description = "Only these products, in their default version or in the one that is named.")
    private List<String> products = List.of();

    @Mixin
    private FreeTypesOption free = new FreeTypesOption();

    @Option(
            names = "--max-events",
            paramLabel = "N",
            description = "Stop reading after this number of events; 100000 by default.")
    private long maxEvents = 100_000;

    @Mixin
    private RateOption rate = new RateOption();

    private long badLines;

    public SimulateCommand(Terminal terminal) {
        super(terminal);
    }

    /**
     * What {@code --json} shows.
     *
     * @param badLines that are no events and were not priced
     */
    public record Document(
            boolean complete, long events, long badLines, List<String> products, List<Row> rows, List<String> notes) {
        public static Document of(SimulationReport report, long badLines) {
            return new Document(
                    report.complete(), report.events(), badLines, report.products(), report.rows(), report.notes());
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        input.check();
        if (maxEvents < 1) {
            throw new WrongUsageException("--max-events must be more than 0");
        }
        Settings settings = settings();
        terminal.stop().onProcessEnd();
        SimulationReport report = run(settings);
        show(Document.of(report, badLines), () -> show(report));
        return report.isClean() && badLines == 0 ? ExitCode.OK : ExitCode.PROBLEMS;
    }

    private SimulationReport run(Settings settings) throws IOException, InterruptedException {
        var request =
                new UsageSimulation.Request(versions(), free.with(settings.catalogue()), maxEvents, rate.perSecond());
        try (InputStream in = input.open(terminal)) {
            InputBytes bytes = input.bytes(in);
            try (LineIds ids = input.ids(bytes);
                    LineCheck check = new LineCheck()) {
                LineSource lines = input.lines(bytes, ids);
                return new UsageSimulation(settings, clock)
                        .run(
                                request,
                                () -> check.nextGood(lines, this::bad)
                                        .map(line -> new InputEvent(line.number(), line.event())),
                                new Progress(terminal, "events priced")::at,
                                terminal.stop()::isRequested);
            }
        } catch (IllegalArgumentException wrong) {
            throw new WrongUsageException(wrong);
        }
    }

    private Map<String, Optional<Integer>> versions() {
        Map<String, Optional<Integer>> versions = new LinkedHashMap<>();
        for (String product : products) {
            Matcher version = VERSION.matcher(product);
            if (version.matches()) {
                versions.put(version.group(1), Optional.of(Integer.valueOf(version.group(2))));
            } else {
                versions.put(product, Optional.empty());
            }
        }
        return versions;
    }

    private void bad(long line, String problem) {
        badLines++;
        terminal.note("line " + line + ": " + problem);
    }

    private void show(SimulationReport report) {
        terminal.say("%s, priced by %s"
                .formatted(
                        CountText.of(report.events(), "event"),
                        report.products().isEmpty() ? "no product" : String.join("; ", report.products())));
        var table = new Table("RESULT", "EVENT TYPE", "EVENTS", "ESTIMATE", "CREDYT", "EXAMPLE");
        for (Row row : report.rows()) {
            table.row(
                    row.cause().map(cause -> row.result() + ", " + cause).orElse(row.result() + ""),
                    row.eventType(),
                    CountText.of(row.events()),
                    money(row.estimated()),
                    money(row.simulated()),
                    "line " + row.exampleLine() + ", " + row.exampleEventId());
        }
        if (!table.isEmpty()) {
            terminal.say("");
            table.print(terminal);
        }
        List<String> details = report.rows().stream()
                .filter(row -> row.result() != Result.EQUAL && row.result() != Result.FREE)
                .flatMap(row -> row.detail().stream())
                .distinct()
                .toList();
        if (!details.isEmpty()) {
            terminal.say("");
            terminal.say("Why:");
            details.forEach(detail -> terminal.say("  " + detail));
        }
        report.notes().forEach(note -> terminal.note("usageflow: " + note));
        terminal.say("");
        terminal.say(verdict(report));
    }

    private static String money(Map<String, String> sums) {
        return sums.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(sum -> sum.getValue() + " " + sum.getKey())
                .collect(Collectors.joining(", "));
    }

    private String verdict(SimulationReport report) {
        if (!report.complete()) {
            return "STOPPED before the end of the input.";
        }
        long open = report.rows().stream()
                .filter(row -> row.result() != Result.EQUAL && row.result() != Result.FREE)
                .mapToLong(Row::events)
                .sum();
        if (open + badLines > 0) {
            return "NOT CLEAN: not billed, or not as estimated: %,d of %s; bad lines: %,d."
                    .formatted(open, CountText.of(report.events(), "event"), badLines);
        }
        return report.isClean()
                ? "Credyt's simulation and the estimate agree on every event."
                : "NOT CLEAN: not everything could be read.";
    }
}
