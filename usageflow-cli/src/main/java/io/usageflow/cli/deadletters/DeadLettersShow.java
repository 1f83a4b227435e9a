package io.usageflow.cli.deadletters;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.OperatorCommand;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterDocument;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterMarks;
import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.forwarder.deadletter.EventDocument;
import io.usageflow.forwarder.deadletter.OriginalEvent;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.Fix;
import io.usageflow.schema.text.VisibleText;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "show",
        description =
                "Show a dead letter whole: its reason, Credyt's answer, its mark, and the event as it was published."
                        + " Exit code 1 if no dead letter has the id.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow dead-letters show 1c0f3c1e-5b7a-5d0e-9d43-1f8e0b0e6a11",
            "  usageflow dead-letters show req-8731            every dead letter of this event",
            "  usageflow dead-letters show req-8731 --json     as JSON, one on each line, with the value's bytes"
        })
final class DeadLettersShow extends OperatorCommand {
    /** Of a value that cannot be decoded; {@code --json} shows every byte. */
    private static final int HEX_BYTES_MAX = 256;

    @Parameters(paramLabel = "ID", arity = "1..*", description = "Ids of dead letters, or of events.")
    private List<String> ids = new ArrayList<>();

    DeadLettersShow(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        Settings settings = settings();
        DeadLetterFilter filter = DeadLetterFilter.any().ids(ids);
        try (DeadLetterMarks marks = DeadLetterMarks.read(settings);
                var events = new OriginalEvent.Reader(settings)) {
            DeadLetterScan.Summary summary = new DeadLetterScan(settings).run(filter, marks, stored -> {
                print(stored, events.read(stored));
                return true;
            });
            DeadLettersCommand.noteUnreadable(terminal, summary);
            if (summary.matchedInAll() == 0) {
                terminal.note("no dead letter has the id " + String.join(" or ", ids)
                        + ", nor has an event of that id one: 'usageflow dead-letters list --state any' shows all");
            }
            return summary.matchedInAll() > 0 && summary.unreadable() == 0 ? ExitCode.OK : ExitCode.PROBLEMS;
        }
    }

    private void print(StoredDeadLetter stored, OriginalEvent original) {
        if (output.json()) {
            output.line(terminal, DeadLetterDocument.whole(stored, original));
            return;
        }
        DeadLetter letter = stored.letter();
        terminal.say(
                "Dead letter " + letter.getId() + " (" + stored.state().name().toLowerCase(Locale.ROOT) + ")");
        say(
                "reason",
                letter.getReason()
                        + stored.reason().map(known -> ": " + known.meaning()).orElse(""));
        say("detail", letter.getDetail());
        say("stage", letter.getStage());
        say(
                "failed",
                letter.getFirstFailedAt().equals(letter.getLastFailedAt())
                        ? "at " + letter.getLastFailedAt()
                        : "from " + letter.getFirstFailedAt() + " to " + letter.getLastFailedAt());
        say("requests", letter.getAttempts() == 0 ? null : letter.getAttempts());
        say("answer", letter.getHttpStatus() == null ? null : "HTTP " + letter.getHttpStatus());
        say("", letter.getResponseExcerpt());
        new TreeMap<>(letter.getAttributes()).forEach(this::say);
        say(
                "read from",
                letter.getSource().getTopic() + " partition "
                        + letter.getSource().getPartition() + " offset "
                        + letter.getSource().getOffset() + " at "
                        + letter.getSource().getTimestamp());
        say("dead letter", "partition " + stored.partition() + " offset " + stored.offset());
        say("written by", "usageflow " + letter.getVersion());
        say("replay of", letter.getReplayOf());
        stored.mark().ifPresent(this::print);
        say("key", stored.key().map(DeadLettersShow::readable).orElse(null));
        for (Header header : stored.headers()) {
            say("header", header.key() + ": " + (header.value() == null ? "null" : readable(header.value())));
        }
        original.match(
                event -> {
                    terminal.say("  event");
                    output.document(terminal, EventDocument.of(event));
                    return true;
                },
                why -> {
                    say("event", "cannot be read: " + why);
                    say(
                            stored.reference().isPresent() ? "value begins" : "value",
                            stored.value().map(DeadLettersShow::hex).orElse(null));
                    return true;
                });
        terminal.say("");
    }

    private void print(DeadLetterMark mark) {
        say(
                mark.getState().toLowerCase(Locale.ROOT),
                "at " + mark.getMarkedAt() + " by " + mark.getWho() + " in job " + mark.getJob()
                        + (mark.getWhy().isEmpty() ? "" : ", because: " + mark.getWhy()));
        for (Fix fix : mark.getFixes()) {
            say("fix", fix.getField() + ": " + shown(fix.getOldValue()) + " -> " + shown(fix.getNewValue()));
        }
    }

    private static String shown(@Nullable String value) {
        return value == null ? "(absent)" : value;
    }

    private void say(String name, @Nullable Object value) {
        if (value != null) {
            terminal.say("  " + (name + " ".repeat(12)).substring(0, Math.max(12, name.length())) + " "
                    + VisibleText.of(value, Integer.MAX_VALUE));
        }
    }

    private static String readable(byte[] bytes) {
        String text = DeadLetterDocument.text(bytes);
        return text != null ? text : hex(bytes);
    }

    private static String hex(byte[] bytes) {
        int shown = Math.min(bytes.length, HEX_BYTES_MAX);
        return "0x" + HexFormat.of().formatHex(bytes, 0, shown)
                + (shown < bytes.length ? "... (" + bytes.length + " bytes; --json has them all)" : "");
    }
}
