package io.usageflow.cli;

import io.usageflow.forwarder.trace.RecordRef;
import io.usageflow.forwarder.trace.TimelineEntry;
import io.usageflow.forwarder.trace.Trace;
import io.usageflow.forwarder.trace.Trace.TopicStart;
import io.usageflow.forwarder.trace.Trace.TracedEvent;
import io.usageflow.schema.text.VisibleText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A trace for people. Pure. */
final class TraceText {
    private static final String INDENT = "                              ";

    private TraceText() {}

    static List<String> of(Trace trace) {
        var lines = new ArrayList<String>();
        for (TracedEvent traced : trace.events()) {
            lines.add("event " + VisibleText.of(traced.eventId()) + " of " + VisibleText.of(traced.account()));
            traced.entries().forEach(entry -> lines.addAll(of(entry)));
            if (traced.more()) {
                lines.add("  and more repeats than are shown");
            }
            traced.credyt().ifPresent(credyt -> lines.add("  at Credyt: " + credyt.text()));
            lines.add("");
        }
        if (trace.events().size() > 1) {
            lines.add(
                    "note: " + trace.events().size()
                            + " accounts use this id; each event stands alone, since ids that are no UUIDs are qualified by account");
        }
        trace.notes().forEach(note -> lines.add("note: " + note));
        trace.starts().stream().filter(TopicStart::cut).forEach(start -> lines.add(expired(start)));
        verdicts(trace, lines);
        return lines.stream().map(VisibleText::line).toList();
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

    private static List<String> of(TimelineEntry entry) {
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
                + ": what was before has expired, or was not read";
    }
}
