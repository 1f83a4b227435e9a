package io.usageflow.cli.reconcile;

import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileResult;
import io.usageflow.forwarder.reconcile.unknown.UnknownEventSearch.SearchProgress;
import io.usageflow.forwarder.reconcile.unknown.UnknownSummary;
import io.usageflow.forwarder.reconcile.unknown.UnknownSummary.Count;
import io.usageflow.schema.text.AgeText;
import io.usageflow.schema.text.CountText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a look through Credyt's lists came to, for people and for scripts. Pure. */
public final class UnknownTable {
    private UnknownTable() {}

    /** @param sample the first findings */
    static List<String> of(
            ReconcileResult<UnknownSummary> result, List<ReconcileFinding> sample, Optional<Path> report) {
        UnknownSummary summary = result.summary();
        long found = summary.count(Count.UNKNOWN_TO_US)
                + summary.count(Count.UNCHECKED)
                + summary.count(Count.LISTS_NOT_PROVED_WHOLE);
        var lines = new ArrayList<>(ReconcileTable.sample(found, sample, report));
        lines.add("on Credyt's lists, from " + result.from() + " to " + result.to()
                + (result.resumed() ? ", resumed from an earlier run" : "") + ":");
        row(lines, summary, "customers", Count.CUSTOMERS, "");
        row(
                lines,
                summary,
                "not at Credyt",
                Count.CUSTOMERS_NOT_AT_CREDYT,
                "Links or receipts name them, and Credyt has no customer with that external id.");
        row(lines, summary, "events read", Count.EVENTS_LISTED, "");
        row(lines, summary, "of the period", Count.EVENTS_IN_PERIOD, "");
        row(lines, summary, "with a receipt", Count.WITH_RECEIPT, "");
        row(
                lines,
                summary,
                "sent, no receipt",
                Count.SENT_WITHOUT_RECEIPT,
                "Handed to delivery: on their way, or the answer was lost. 'usageflow trace' shows which.");
        row(lines, summary, "UNKNOWN_TO_US", Count.UNKNOWN_TO_US, Kind.UNKNOWN_TO_US.meaning());
        row(
                lines,
                summary,
                "UNCHECKED",
                Count.UNCHECKED,
                "Whether they were sent cannot be decided: the detail says why.");
        row(
                lines,
                summary,
                "lists not whole",
                Count.LISTS_NOT_PROVED_WHOLE,
                "There may be events on them that were not seen: the detail says why.");
        row(
                lines,
                summary,
                "UNREADABLE",
                Count.UNREADABLE,
                "Records of the topics: each may be the receipt of an event that is called unknown.");
        result.notes().forEach(note -> lines.add("note: " + note));
        lines.add(verdict(result));
        return lines;
    }

    private static void row(List<String> lines, UnknownSummary summary, String name, Count of, String meaning) {
        lines.add(ReconcileTable.row(name, summary.count(of), summary.count(of) == 0 ? "" : meaning));
    }

    private static String verdict(ReconcileResult<UnknownSummary> result) {
        UnknownSummary summary = result.summary();
        long unknown = summary.count(Count.UNKNOWN_TO_US);
        if (!result.complete()) {
            return "not finished";
        }
        if (unknown > 1 && unknown == summary.count(Count.EVENTS_IN_PERIOD)) {
            return "NOT ONE event was sent from here: are these the topics (topics.prefix) of this key's events?";
        }
        if (unknown > 0) {
            return "NOT CLEAN: " + CountText.of(unknown) + " of "
                    + CountText.of(summary.count(Count.EVENTS_IN_PERIOD)) + " events are unknown to us"
                    + (summary.isWhole() ? "" : ", and NOT COMPLETE: there may be more");
        }
        return summary.isWhole()
                ? "clean: every event that Credyt lists for these customers was sent from here"
                : "NOT COMPLETE: nothing unknown was found, but not everything could be looked at";
    }

    static String line(SearchProgress progress, Duration elapsed) {
        UnknownSummary summary = progress.summary();
        long events = summary.count(Count.EVENTS_LISTED);
        return String.format(
                Locale.ROOT,
                "%,d of %,d customers, %,d events read, %s, %,d unknown",
                summary.count(Count.CUSTOMERS),
                progress.customers(),
                events,
                AgeText.of(elapsed) + " so far",
                summary.count(Count.UNKNOWN_TO_US));
    }

    /** What {@code --json} shows. */
    public static Map<String, Object> document(ReconcileResult<UnknownSummary> result) {
        var document = new LinkedHashMap<String, Object>();
        document.put("from", result.from());
        document.put("to", result.to());
        document.put("complete", result.complete() && result.summary().isWhole());
        document.put("finished", result.complete());
        for (Count count : Count.values()) {
            document.put(count.word(), result.summary().count(count));
        }
        document.put("notes", result.notes());
        return document;
    }
}
