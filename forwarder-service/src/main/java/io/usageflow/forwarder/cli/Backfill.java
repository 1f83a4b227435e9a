package io.usageflow.forwarder.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.publish.BadLines;
import io.usageflow.forwarder.publish.Connection;
import io.usageflow.forwarder.publish.CountedInput;
import io.usageflow.forwarder.publish.DryPublisher;
import io.usageflow.forwarder.publish.LineIds;
import io.usageflow.forwarder.publish.LineSource;
import io.usageflow.forwarder.publish.Pace;
import io.usageflow.forwarder.publish.Position;
import io.usageflow.forwarder.publish.PositionFile;
import io.usageflow.forwarder.publish.PublishRun;
import io.usageflow.forwarder.publish.PublishRun.Counts;
import io.usageflow.producer.UsagePublisher;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The part of {@code usageflow publish} that reads a file. For one run. */
final class Backfill {
    private static final Duration HOOK_LIMIT = Duration.ofSeconds(60);

    private final Terminal terminal;
    private final Settings settings;
    private final OutputOptions output;

    Backfill(Terminal terminal, Settings settings, OutputOptions output) {
        this.terminal = terminal;
        this.settings = settings;
        this.output = output;
    }

    int run(PublishInput input) throws IOException, InterruptedException {
        input.check();
        LineIds ids = input.ids();
        OptionalLong size = OptionalLong.empty();
        if (!input.isStandardInput()) {
            size = OptionalLong.of(Files.size(Path.of(input.file())));
        }
        try (var in = new CountedInput(
                input.isStandardInput() ? terminal.in() : Files.newInputStream(Path.of(input.file())))) {
            LineSource lines = input.lines(in, ids);
            Counts counts = publish(input, lines, new BackfillProgress(terminal, in, size));
            return conclude(input, counts, ids);
        } catch (IllegalArgumentException wrong) {
            throw new WrongUsageException(wrong);
        }
    }

    private Counts publish(PublishInput input, LineSource lines, BackfillProgress progress)
            throws IOException, InterruptedException {
        if (input.dryRun()) {
            try (UsagePublisher dry = new DryPublisher()) {
                return publish(input, lines, progress, dry, Optional.empty());
            }
        }
        // Before anything is opened for writing: a typing error must leave no file behind.
        try (UsagePublisher publisher =
                Connection.open(settings, settings.topics().names().events())) {
            Optional<PositionFile> position = input.resume().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new PositionFile(input.resume().get(), identity(input)));
            terminal.stop().onProcessEnd(HOOK_LIMIT);
            return publish(input, lines, progress, publisher, position);
        }
    }

    private Counts publish(
            PublishInput input,
            LineSource lines,
            BackfillProgress progress,
            UsagePublisher publisher,
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
            var terms = new PublishRun.Terms(position, Optional.ofNullable(badLines), pace, () -> terminal.stop()
                    .await(Duration.ZERO));
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
    private Map<String, String> identity(PublishInput input) {
        var identity = new HashMap<>(input.identity());
        identity.put("cluster", Connection.clusterId(settings));
        identity.put("topic", settings.topics().names().events());
        return identity;
    }

    private int conclude(PublishInput input, Counts counts, LineIds ids) {
        if (ids.derived() > 0 && !input.dryRun()) {
            terminal.note(ids.derived() + " events had no id and got a derived one: publishing the same input again"
                    + " bills nothing twice");
        }
        if (output.json()) {
            output.document(
                    terminal,
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("dry_run", input.dryRun())
                            .put(input.dryRun() ? "good" : "published", counts.durable())
                            .put("bad_lines", counts.bad())
                            .put("failed", counts.failed())
                            .put("done_before", counts.skipped())
                            .put("ended", counts.ended()));
        } else if (input.dryRun()) {
            terminal.say("good lines " + counts.durable() + ", bad lines " + counts.bad() + "; nothing was published");
        } else {
            terminal.say("published " + counts.durable() + ", bad lines " + counts.bad() + ", failed " + counts.failed()
                    + (counts.skipped() > 0 ? ", lines done before " + counts.skipped() : ""));
        }
        if (!counts.ended()) {
            terminal.note("usageflow: the input was not read to its end: "
                    + (input.resume().isPresent()
                            ? "run the same command again to go on"
                            : "run it again with --resume FILE next time, so that it can go on; what was published"
                                    + " is billed once all the same"));
        }
        return counts.complete() ? ExitCode.OK : ExitCode.PROBLEMS;
    }
}
