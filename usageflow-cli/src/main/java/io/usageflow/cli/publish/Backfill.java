package io.usageflow.cli.publish;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.OutputOptions;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.catalogue.InputReport;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.publish.BadLines;
import io.usageflow.forwarder.publish.Pace;
import io.usageflow.forwarder.publish.Position;
import io.usageflow.forwarder.publish.PositionFile;
import io.usageflow.forwarder.publish.PublishRun;
import io.usageflow.forwarder.publish.PublishRun.Counts;
import io.usageflow.forwarder.publish.PublisherConnection;
import io.usageflow.forwarder.publish.TimeWindow;
import io.usageflow.forwarder.publish.input.CountedInput;
import io.usageflow.forwarder.publish.input.InputBytes;
import io.usageflow.forwarder.publish.line.LineCheck;
import io.usageflow.forwarder.publish.line.LineIds;
import io.usageflow.forwarder.publish.line.LineSource;
import io.usageflow.forwarder.publish.line.LineSource.ParsedLine;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.schema.text.AgeText;
import io.usageflow.schema.text.CountText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The part of {@code usageflow publish} that reads a file. For one run. */
final class Backfill {

    private final Terminal terminal;
    private final Settings settings;
    private final OutputOptions output;
    private final BillingForecastOption forecast;

    Backfill(Terminal terminal, Settings settings, OutputOptions output, BillingForecastOption forecast) {
        this.terminal = terminal;
        this.settings = settings;
        this.output = output;
        this.forecast = forecast;
    }

    int run(PublishInput input) throws IOException, InterruptedException {
        input.check();
        OptionalLong size = OptionalLong.empty();
        if (!input.isStandardInput()) {
            size = OptionalLong.of(Files.size(Path.of(input.file())));
        }
        try {
            Optional<InputReport> report = forecast(input);
            return forecast.refuses(report) ? refuse(input, report) : run(input, size, report);
        } catch (IllegalArgumentException wrong) {
            throw new WrongUsageException(wrong);
        }
    }

    private int run(PublishInput input, OptionalLong size, Optional<InputReport> report)
            throws IOException, InterruptedException {
        try (var in = new CountedInput(input.open(terminal))) {
            InputBytes bytes = input.bytes(in);
            try (LineIds ids = input.ids(bytes)) {
                LineSource lines = input.lines(bytes, ids);
                Counts counts = publish(input, input.identity(bytes), lines, new BackfillProgress(terminal, in, size));
                return conclude(input, counts, ids, report);
            }
        }
    }

    /** Reads the input once before it is published. Empty if it was not checked. */
    private Optional<InputReport> forecast(PublishInput input) throws IOException, InterruptedException {
        if (!forecast.isAsked()) {
            return Optional.empty();
        }
        if (!input.isReadTwice()) {
            if (forecast.refuses()) {
                throw new WrongUsageException("--unbillable refuse reads the input twice, and " + input.file()
                        + " can be read once only: name a regular file");
            }
            BillingForecastOption.notChecked(
                    terminal,
                    "that reads the input twice, and only a regular file can be; 'catalogue check' judges"
                            + " published events");
            return Optional.empty();
        }
        try (InputStream in = input.open(terminal)) {
            InputBytes bytes = input.bytes(in);
            try (LineIds ids = input.ids(bytes);
                    LineCheck check = new LineCheck()) {
                LineSource lines = input.lines(bytes, ids);
                // Bad lines are reported when the input is published.
                return forecast.check(
                        terminal, settings, !input.dryRun(), () -> check.nextGood(lines, (line, problem) -> {})
                                .map(ParsedLine.Event::event));
            }
        }
    }

    private int refuse(PublishInput input, Optional<InputReport> report) {
        if (output.json()) {
            output.document(
                    terminal, BackfillResult.Document.of(input.dryRun(), new Counts(0, 0, 0, 0, false), report));
        }
        return ExitCode.PROBLEMS;
    }

    private Counts publish(
            PublishInput input, Map<String, String> identity, LineSource lines, BackfillProgress progress)
            throws IOException, InterruptedException {
        if (input.dryRun()) {
            return publish(input, lines, progress, Optional.empty(), Optional.empty());
        }
        // Before anything is opened for writing: a typing error must leave no file behind.
        try (UsagePublisher publisher =
                PublisherConnection.open(settings, settings.topics().names().events())) {
            Optional<PositionFile> position = input.resume().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new PositionFile(input.resume().get(), identity(identity)));
            terminal.stop().onProcessEnd();
            return publish(input, lines, progress, Optional.of(publisher), position);
        }
    }

    private Counts publish(
            PublishInput input,
            LineSource lines,
            BackfillProgress progress,
            Optional<UsagePublisher> publisher,
            Optional<PositionFile> position)
            throws IOException, InterruptedException {
        Position from = position.isPresent() ? position.get().load() : Position.START;
        if (from.entries() > 0) {
            terminal.note("going on after line " + from.line() + ", up to which " + from.durable()
                    + " events were published");
        }
        Pace pace = input.rate()
                .map(rate -> Pace.of(rate, System::nanoTime, terminal.stop()::await))
                .orElseGet(Pace::unbounded);
        try (BadLines badLines = badLines(input, from)) {
            var terms = new PublishRun.Terms(
                    position,
                    Optional.ofNullable(badLines),
                    pace,
                    terminal.stop()::isRequested,
                    Optional.of(TimeWindow.of(settings.admission().guard(), Instant.now())));
            return new PublishRun(publisher, progress, terms).of(lines);
        }
    }

    private static @Nullable BadLines badLines(PublishInput input, Position from) throws IOException {
        if (input.badLines().isEmpty()) {
            return null;
        }
        try {
            return from.entries() > 0
                    ? BadLines.resume(input.badLines().get(), from)
                    : BadLines.begin(input.badLines().get());
        } catch (FileAlreadyExistsException exists) {
            throw new WrongUsageException("--bad-lines " + exists.getFile()
                    + " exists already, perhaps with lines that were corrected: name another file, or remove it");
        }
    }

    /** Another cluster, topic or way to derive ids is another backfill. */
    private Map<String, String> identity(Map<String, String> ofInput) {
        var identity = new HashMap<>(ofInput);
        identity.put("cluster", PublisherConnection.clusterId(settings));
        identity.put("topic", settings.topics().names().events());
        identity.put(
                "topic_id",
                LogId.ask(settings.kafka().client(), settings.topics().names().events())
                        .topic());
        return identity;
    }

    private int conclude(PublishInput input, Counts counts, LineIds ids, Optional<InputReport> report) {
        if (ids.derived() > 0 && !input.dryRun()) {
            terminal.note(CountText.of(ids.derived(), "event")
                    + " had no id and got a derived one: publishing the same input again" + " bills nothing twice");
        }
        if (output.json()) {
            output.document(terminal, BackfillResult.Document.of(input.dryRun(), counts, report));
        } else {
            BackfillResult.lines(input.dryRun(), input.rounds(), counts).forEach(terminal::say);
        }
        if (counts.ended() && counts.durable() + counts.bad() + counts.failed() + counts.skipped() == 0) {
            terminal.note("usageflow: the input holds no events");
        }
        if (!counts.ended()) {
            terminal.note("usageflow: the input was not read to its end: "
                    + (input.resume().isPresent()
                            ? "run the same command again to continue"
                            : "run it again, next time with --resume FILE, so that it can continue; events that were"
                                    + " published already are billed once all the same"));
        }
        return counts.complete() ? ExitCode.OK : ExitCode.PROBLEMS;
    }

    /** Says on standard error what is wrong with which line, and every few seconds how far a backfill has come. */
    private static final class BackfillProgress implements PublishRun.Reports {
        private static final Duration INTERVAL = Duration.ofSeconds(5);

        private final Terminal terminal;
        private final CountedInput input;
        private final OptionalLong bytes;
        private final long begun = System.nanoTime();
        private long toldAt = begun;

        /** @param bytes of the whole input, where it is known */
        BackfillProgress(Terminal terminal, CountedInput input, OptionalLong bytes) {
            this.terminal = terminal;
            this.input = input;
            this.bytes = bytes;
        }

        @Override
        public void problem(long line, String problem) {
            terminal.note("line " + line + ": " + problem);
        }

        @Override
        public void note(long line, String note) {
            terminal.note("line " + line + ": " + note);
        }

        @Override
        public void progress(Counts counts, long line) {
            long now = System.nanoTime();
            if (now - toldAt < INTERVAL.toNanos()) {
                return;
            }
            toldAt = now;
            double seconds = (now - begun) / 1e9;
            var text = new StringBuilder("published %,d, bad lines %,d, failed %,d, %,.0f/s"
                    .formatted(counts.durable(), counts.bad(), counts.failed(), counts.durable() / seconds));
            if (bytes.isPresent() && bytes.getAsLong() > 0 && input.bytesRead() > 0) {
                double share = Math.min(1, (double) input.bytesRead() / bytes.getAsLong());
                text.append(", %.0f %% of the input, about %s left"
                        .formatted(
                                share * 100, AgeText.of(Duration.ofSeconds((long) (seconds / share * (1 - share))))));
            }
            terminal.note(text.toString());
        }
    }
}
