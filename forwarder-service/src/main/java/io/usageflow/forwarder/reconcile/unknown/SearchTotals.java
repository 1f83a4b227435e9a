package io.usageflow.forwarder.reconcile.unknown;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.UnreadableRecords;
import io.usageflow.forwarder.reconcile.ReconcileRun;
import io.usageflow.forwarder.reconcile.unknown.UnknownSummary.Count;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Counts of a search, restored from its run and saved with it. Not thread-safe. */
final class SearchTotals {
    private final ReconcileRun run;
    private final Set<String> notes = new TreeSet<>();
    private UnknownSummary summary;

    SearchTotals(ReconcileRun run) {
        this.run = run;
        this.summary = UnknownSummary.of(run.totals());
    }

    /** The last customer whose events are all in the report, by Credyt's ids; empty before the first. */
    Optional<String> doneTo() {
        return Optional.ofNullable(run.totals().path("done_to").textValue());
    }

    UnknownSummary summary() {
        return summary;
    }

    void count(Count of, long more) {
        summary = summary.plus(of, more);
    }

    /** What one reading of topics could not read; each reading meets the same records again. */
    void unreadable(UnreadableRecords records) {
        summary = summary.atLeast(Count.UNREADABLE, records.count());
        notes.addAll(records.named());
    }

    /** What limits the result, a sentence each. */
    List<String> notes() {
        return notes.stream()
                .map(one -> "cannot be read, and may be the receipt of an event that is called unknown: " + one)
                .toList();
    }

    /** The report has all events up to this customer. */
    void save(String doneTo) {
        ObjectNode totals = summary.json();
        totals.put("done_to", doneTo);
        run.save(run.progress(), totals);
    }
}
