package io.usageflow.cli.operate;

import io.usageflow.cli.command.CredytCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.MomentText;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.sample.SampleResult;
import io.usageflow.forwarder.trace.Trace;
import io.usageflow.forwarder.trace.Trace.Billing;
import io.usageflow.forwarder.trace.Trace.RecordRef;
import io.usageflow.forwarder.trace.Trace.TimelineEntry;
import io.usageflow.forwarder.trace.Trace.TopicStart;
import io.usageflow.forwarder.trace.Trace.TracedEvent;
import io.usageflow.forwarder.trace.Tracer;
import io.usageflow.forwarder.trace.Tracer.TraceRequest;
import io.usageflow.schema.text.VisibleText;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code usageflow trace}. */
@Command(
        name = "trace",
        description =
                "Show the history of one event, stage by stage, newest first, and its current state. Reads the topics"
                        + " of its path; with --account only the account's partition, which is faster. Exit code 1"
                        + " if no record of the event was found, or if a record that holds the id cannot be read.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow trace req-1 --account acct_42",
            "  usageflow trace 0190c2a4-5b1e-7c3d-8f00-000000000001 --credyt      asks Credyt for its fees too",
            "  usageflow trace req-1 --json | jq '.events[].verdict'"
        })
public final class TraceCommand extends CredytCommand {
    private static final String INDENT = "                              ";

    private final Clock clock = Clock.systemUTC();

    @Parameters(paramLabel = "EVENT_ID", description = "The id that the producer gave, or the event's id at Credyt.")
    private String eventId = "";

    @Option(names = "--account", paramLabel = "ACCOUNT", description = "Whose event; reads its partition only.")
    private @Nullable String account;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Do not read older records: 2026-11-23, an ISO time, or an age such as 2h.")
    private @Nullable String since;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            description =
                    "The admin port of a forwarder, to ask what is parked, which is in no topic. http://127.0.0.1 and"
                            + " admin.port by default.")
    private @Nullable URI admin;

    @Option(names = "--credyt", description = "Ask Credyt for the event, and compare its fees with the catalogue.")
    private boolean credyt;

    public TraceCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = settings();
        Trace trace = new Tracer(settings, clock).trace(request(settings.admin()), terminal::note);
        show(trace, () -> lines(trace).forEach(terminal::say));
        return trace.events().isEmpty() || trace.unreadable() > 0 ? ExitCode.PROBLEMS : ExitCode.OK;
    }

    private TraceRequest request(AdminSettings settings) {
        Optional<URI> here = settings.port() == 0
                ? Optional.empty()
                : Optional.of(URI.create("http://127.0.0.1:" + settings.port()));
        try {
            return new TraceRequest(
                    eventId,
                    Optional.ofNullable(account),
                    Optional.ofNullable(since).map(text -> MomentText.parse("--since", text, clock.instant())),
                    admin == null ? here : Optional.of(admin),
                    credyt);
        } catch (IllegalArgumentException wrong) {
            throw new WrongUsageException(wrong);
        }
    }

    private static List<String> lines(Trace trace) {
        var lines = new ArrayList<String>();
        for (TracedEvent traced : trace.events()) {
            lines.add("event " + VisibleText.of(traced.eventId()) + " of " + VisibleText.of(traced.account()));
            traced.entries().forEach(entry -> lines.addAll(lines(entry)));
            if (traced.more()) {
                lines.add("  and more repeats than are shown");
            }
            traced.credyt()
                    .ifPresent(credyt -> lines.add("  at Credyt: " + credyt.text()
                            + credyt.billing().map(TraceCommand::text).orElse("")));
            lines.add("");
        }
        if (trace.events().size() > 1) {
            lines.add("note: " + trace.events().size()
                    + " accounts use this id; each event stands alone, since ids that are no"
                    + " UUIDs are qualified by account");
        }
        trace.notes().forEach(note -> lines.add("note: " + note));
        trace.starts().stream().filter(TopicStart::cut).forEach(start -> lines.add(expired(start)));
        verdicts(trace, lines);
        return lines.stream().map(VisibleText::line).toList();
    }

    private static String text(Billing billing) {
        return billing.result() == SampleResult.BILLED
                ? ", as its catalogue says"
                : "; " + billing.result() + ": " + billing.why();
    }

    private static void verdicts(Trace trace, List<String> lines) {
        if (trace.events().isEmpty()) {
            lines.add("nothing is known of " + trace.asked()
                    + ": check the id and topics.prefix; events that were never durable are in no topic");
        }
        for (TracedEvent traced : trace.events()) {
            lines.add((trace.events().size() > 1 ? VisibleText.of(traced.account()) + ": " : "")
                    + traced.verdict().text()
                    + traced.verdict().next().map(next -> "; next: " + next).orElse(""));
        }
    }

    private static List<String> lines(TimelineEntry entry) {
        var lines = new ArrayList<String>();
        lines.add(String.format(
                Locale.ROOT,
                "  %-27s %-14s %s",
                entry.at(),
                entry.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                entry.ref().map(RecordRef::text).orElse("")));
        String facts = entry.facts().entrySet().stream()
                .filter(fact -> fact.getValue().length() <= 60)
                .map(fact -> fact.getKey() + " " + shown(fact.getValue()))
                .collect(Collectors.joining(", "));
        if (!facts.isEmpty()) {
            lines.add(INDENT + facts);
        }
        for (Map.Entry<String, String> fact : entry.facts().entrySet()) {
            if (fact.getValue().length() > 60) {
                lines.add(INDENT + fact.getKey() + ": " + shown(fact.getValue()));
            }
        }
        return lines;
    }

    /** Of any length: a trace says all that is known. */
    private static String shown(String fact) {
        return VisibleText.of(fact, Integer.MAX_VALUE);
    }

    private static String expired(TopicStart start) {
        return "note: " + start.topic() + " begins at "
                + start.since().map(Object::toString).orElse("its end: it holds nothing")
                + ": older records have expired, or were not read";
    }
}
