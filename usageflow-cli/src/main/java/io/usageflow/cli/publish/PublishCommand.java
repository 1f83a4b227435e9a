package io.usageflow.cli.publish;

import io.usageflow.cli.command.CredytCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.catalogue.InputReport;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.publish.PublisherConnection;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.PublishReceipt;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.check.EventCheck;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code usageflow publish}: backfills, tests, and one event by hand. */
@Command(
        name = "publish",
        description = {
            "Publish usage events from a file, or one event, and wait until they are durable: until all"
                    + " in-sync replicas"
                    + " have them. Bad lines are reported by number and the rest is published; exit"
                    + " code 1 then. An id that a"
                    + " line uses again for something else makes it a bad line; one that repeats an earlier line is not"
                    + " sent again.",
            "Names first which events Credyt would accept and not bill, as 'catalogue check' does; --unbillable"
                    + " refuse then sends nothing.",
            "The same command resumes a backfill that was stopped or killed, if --resume names a file for its position."
                    + " Publishing the same input twice never bills an event twice."
        },
        footerHeading = "%nJSON Lines have the words of the event's schema:%n",
        footer = {
            "  {\"id\":\"req-1\",\"event_type\":\"message_completed\",\"occurred_at\":\"2026-11-23T10:15:30Z\",",
            "   \"account_id\":\"acct_42\",\"data\":{\"total_tokens\":1500},",
            "   \"costs\":[{\"vendor\":\"openai\",\"amount\":0.0161,\"currency\":\"USD\"}]}       (in one line)",
            "",
            "A CSV mapping names a column, or a constant in single quotes, for each field:",
            "  id=request_id,event_type='message_completed',account_id=customer,data.tokens=tokens:long,",
            "  cost.openai.amount=cost,cost.openai.currency='USD'     (types: string, long, decimal, boolean)",
            "cost[Provider].amount=cost takes the vendor from the column Provider. occurred_at=day:date"
                    + " is the beginning",
            "of that day in --csv-zone; occurred_at=at:epoch_seconds, :epoch_millis and :epoch_micros count from 1970;",
            "cost.openai.currency=currency:upper makes usd USD.",
            "",
            "Lines without an id get one derived from the file's name and their content, so that publishing a file",
            "twice bills once; --id-from derives it from the fields that are your key.",
            "",
            "Examples:",
            "  usageflow publish --account acct_42 --event-type message_completed --data total_tokens=1500 \\",
            "      --cost openai=0.0161USD",
            "  usageflow publish --input usage.jsonl --dry-run --bad-lines bad.jsonl",
            "  usageflow publish --input usage.jsonl --unbillable refuse",
            "  usageflow publish --input usage.jsonl --resume usage.position --rate 500",
            "  usageflow publish --input usage.csv --csv-mapping \"account_id=customer,event_type='call'\"",
            "  usageflow publish --input costs.csv.gz --round-amounts 18 --csv-null NULL --csv-mapping \"...\""
        })
public final class PublishCommand extends CredytCommand {
    @Mixin
    private BillingForecastOption forecast = new BillingForecastOption();

    @ArgGroup(exclusive = true, multiplicity = "1")
    private What what = new What();

    public PublishCommand(Terminal terminal) {
        super(terminal);
    }

    static final class What {
        @ArgGroup(exclusive = false, heading = "%nOne event:%n")
        private @Nullable SingleEvent single;

        @ArgGroup(exclusive = false, heading = "%nMany events:%n")
        private @Nullable PublishInput input;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Settings settings = settings();
        PublishInput input = what.input;
        if (input != null) {
            return new Backfill(terminal, settings, output, forecast).run(input);
        }
        SingleEvent single = what.single;
        return one(settings, single == null ? new SingleEvent() : single);
    }

    private int one(Settings settings, SingleEvent single) throws IOException, InterruptedException {
        var event = single.event();
        try (UsagePublisher publisher =
                PublisherConnection.open(settings, settings.topics().names().events())) {
            EventCheck.requireValid(event);
            if (forecast.isAsked()) {
                var events = List.of(event).iterator();
                Optional<InputReport> report = forecast.check(
                        terminal,
                        settings,
                        true,
                        () -> events.hasNext() ? Optional.of(events.next()) : Optional.empty());
                if (forecast.refuses(report)) {
                    return ExitCode.PROBLEMS;
                }
            }
            PublishReceipt receipt = publisher.publish(event).join();
            if (output.json()) {
                output.document(terminal, Document.of(receipt));
                return ExitCode.OK;
            }
            terminal.say("published " + receipt.eventId() + " (" + receipt.topic() + ", partition "
                    + receipt.partition() + ", offset " + receipt.offset() + ")");
            return ExitCode.OK;
        } catch (InvalidUsageEventException invalid) {
            throw new WrongUsageException(invalid);
        }
    }

    /** What {@code --json} shows of one event. */
    public record Document(String id, String topic, int partition, long offset) {
        public static Document of(PublishReceipt receipt) {
            return new Document(receipt.eventId(), receipt.topic(), receipt.partition(), receipt.offset());
        }
    }
}
