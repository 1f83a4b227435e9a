package io.usageflow.cli;

import io.usageflow.forwarder.trace.Happening;
import io.usageflow.forwarder.trace.Place;
import io.usageflow.forwarder.trace.Trace;
import io.usageflow.forwarder.trace.Trace.Horizon;
import io.usageflow.forwarder.trace.Trace.Life;
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
        for (Life life : trace.lives()) {
            lines.add("event " + VisibleText.of(life.eventId()) + " of " + VisibleText.of(life.account()));
            life.happenings().forEach(happening -> lines.addAll(of(happening)));
            if (life.more()) {
                lines.add("  and more repeats than are shown");
            }
            life.credyt().ifPresent(credyt -> lines.add("  at Credyt: " + credyt.text()));
            lines.add("");
        }
        if (trace.lives().size() > 1) {
            lines.add(
                    "note: " + trace.lives().size()
                            + " accounts use this id; each event stands alone, since ids that are no UUIDs are qualified by account");
        }
        trace.notes().forEach(note -> lines.add("note: " + note));
        trace.horizons().stream().filter(Horizon::cut).forEach(horizon -> lines.add(expired(horizon)));
        verdicts(trace, lines);
        return lines.stream().map(VisibleText::line).toList();
    }

    private static void verdicts(Trace trace, List<String> lines) {
        if (trace.lives().isEmpty()) {
            lines.add("nothing is known of " + trace.asked()
                    + ": check the id and topics.prefix; events that were never durable are in no topic");
        }
        for (Life life : trace.lives()) {
            lines.add((trace.lives().size() > 1 ? VisibleText.of(life.account()) + ": " : "")
                    + life.verdict().text()
                    + life.verdict().next().map(next -> "; next: " + next).orElse(""));
        }
    }

    private static List<String> of(Happening happening) {
        var lines = new ArrayList<String>();
        lines.add(String.format(
                Locale.ROOT,
                "  %-27s %-14s %s",
                happening.at(),
                happening.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                happening.place().map(Place::text).orElse("")));
        String facts = happening.facts().entrySet().stream()
                .filter(fact -> fact.getValue().length() <= 60)
                .map(fact -> fact.getKey() + " " + shown(fact.getValue()))
                .collect(Collectors.joining(", "));
        if (!facts.isEmpty()) {
            lines.add(INDENT + facts);
        }
        for (Map.Entry<String, String> fact : happening.facts().entrySet()) {
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

    private static String expired(Horizon horizon) {
        return "note: " + horizon.topic() + " begins at "
                + horizon.since().map(Object::toString).orElse("its end: it holds nothing")
                + ": what was before has expired, or was not read";
    }
}
