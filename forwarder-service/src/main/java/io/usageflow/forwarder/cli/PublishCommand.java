package io.usageflow.forwarder.cli;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.publish.Connection;
import io.usageflow.forwarder.publish.CsvLines;
import io.usageflow.forwarder.publish.CsvMapping;
import io.usageflow.forwarder.publish.JsonLines;
import io.usageflow.forwarder.publish.LineIds;
import io.usageflow.forwarder.publish.LineSource;
import io.usageflow.forwarder.publish.PublishRun;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.PublishReceipt;
import io.usageflow.producer.UsagePublisher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code usageflow publish}: backfills, tests, and one event by hand. */
@Command(
        name = "publish",
        description = "Publish usage events from a file, or one event, and wait until they are durable. Bad lines are"
                + " reported by number and the rest goes on; exit code 1 then.",
        footerHeading = "%nJSON Lines have the words of the event's schema:%n",
        footer = {
            "  {\"id\":\"req-1\",\"event_type\":\"message_completed\",\"occurred_at\":\"2026-11-23T10:15:30Z\",",
            "   \"account_id\":\"acct_42\",\"data\":{\"total_tokens\":1500},",
            "   \"costs\":[{\"vendor\":\"openai\",\"amount\":0.0161,\"currency\":\"USD\"}]}       (in one line)",
            "",
            "A CSV mapping names a column, or a constant in single quotes, for each field:",
            "  id=request_id,event_type='message_completed',account_id=customer,data.tokens=tokens:long,",
            "  cost.openai.amount=cost,cost.openai.currency='USD'     (types: string, long, decimal, boolean)",
            "",
            "Lines without an id get one derived from the file's name and their content, so that publishing a file",
            "twice bills once; --id-from derives it from the fields that are your key.",
            "",
            "Examples:",
            "  usageflow publish --account acct_42 --event-type message_completed --data total_tokens=1500 \\",
            "      --cost openai=0.0161USD",
            "  usageflow publish --input usage.jsonl",
            "  usageflow publish --input usage.csv --csv-mapping \"account_id=customer,event_type='call'\"",
            "  zcat usage.jsonl.gz | usageflow publish --input - --source usage.jsonl"
        })
final class PublishCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private SettingsOptions options = new SettingsOptions();

    @ArgGroup(exclusive = true, multiplicity = "1")
    private What what = new What();

    PublishCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    static final class What {
        @ArgGroup(exclusive = false, heading = "%nOne event:%n")
        private @Nullable SingleEvent single;

        @ArgGroup(exclusive = false, heading = "%nMany events:%n")
        private @Nullable Input input;
    }

    static final class Input {
        @Option(
                names = "--input",
                paramLabel = "FILE",
                required = true,
                description = "JSON Lines or CSV; - is standard input.")
        private String file = "-";

        @Option(
                names = "--csv-mapping",
                paramLabel = "MAPPING",
                description = "The input is CSV with a header; see below.")
        private @Nullable String csvMapping;

        @Option(
                names = "--csv-zone",
                paramLabel = "ZONE",
                description =
                        "Time zone of times without one, such as UTC or Europe/Berlin; they are refused otherwise.")
        private @Nullable ZoneId csvZone;

        @Option(
                names = "--id-from",
                paramLabel = "FIELD",
                split = ",",
                description = "Derive missing ids from these fields or columns.")
        private @Nullable List<String> idFrom;

        @Option(
                names = "--source",
                paramLabel = "NAME",
                description = "What missing ids are derived from beside the content; the file's name by default.")
        private @Nullable String source;

        LineIds ids() {
            Path name = Path.of(file).getFileName();
            return new LineIds(
                    source != null ? source : name == null ? file : name.toString(),
                    idFrom == null ? List.of() : idFrom);
        }

        LineSource lines(InputStream in, LineIds ids) throws IOException {
            try {
                return csvMapping == null
                        ? new JsonLines(in, ids)
                        : new CsvLines(in, CsvMapping.parse(csvMapping, Optional.ofNullable(csvZone)), ids);
            } catch (IllegalArgumentException wrong) {
                throw new WrongUsageException(wrong);
            }
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Settings settings = options.load(terminal.environment());
        Input input = what.input;
        if (input != null) {
            return many(settings, input);
        }
        SingleEvent single = what.single;
        return one(settings, single == null ? new SingleEvent() : single);
    }

    private int one(Settings settings, SingleEvent single) {
        var event = single.event();
        try (UsagePublisher publisher =
                Connection.open(settings, settings.topics().names().events())) {
            PublishReceipt receipt = publisher.publish(event).join();
            terminal.say("published " + receipt.eventId() + " (" + receipt.topic() + ", partition "
                    + receipt.partition() + ", offset " + receipt.offset() + ")");
            return ExitCode.OK;
        } catch (InvalidUsageEventException invalid) {
            throw new WrongUsageException(invalid);
        }
    }

    private int many(Settings settings, Input input) throws IOException, InterruptedException {
        LineIds ids = input.ids();
        try (InputStream in = input.file.equals("-") ? terminal.in() : Files.newInputStream(Path.of(input.file))) {
            LineSource lines = input.lines(in, ids);
            PublishRun.Counts counts;
            try (UsagePublisher publisher =
                    Connection.open(settings, settings.topics().names().events())) {
                counts = new PublishRun(
                                publisher, (number, problem) -> terminal.note("line " + number + ": " + problem))
                        .of(lines);
            }
            if (ids.derived() > 0) {
                terminal.note(ids.derived() + " events had no id and got a derived one: publishing the same input again"
                        + " bills nothing twice");
            }
            terminal.say(
                    "published " + counts.durable() + ", bad lines " + counts.bad() + ", failed " + counts.failed());
            return counts.complete() ? ExitCode.OK : ExitCode.PROBLEMS;
        }
    }
}
