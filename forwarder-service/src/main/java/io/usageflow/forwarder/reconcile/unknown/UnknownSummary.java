package io.usageflow.forwarder.reconcile.unknown;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.UnreadableRecords;
import io.usageflow.forwarder.reconcile.ReconcileRun;
import io.usageflow.forwarder.reconcile.unknown.UnknownSummary.Count;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The counts of a search so far. Immutable. */
public record UnknownSummary(Map<Count, Long> counts) {
    public static final UnknownSummary NONE = new UnknownSummary(Map.of());

    public UnknownSummary {
        counts = counts.isEmpty() ? Map.of() : new EnumMap<>(counts);
    }

    public long count(Count of) {
        return counts.getOrDefault(of, 0L);
    }

    /** Whether the report has findings. */
    public boolean hasFindings() {
        return count(Count.UNKNOWN_TO_US) > 0 || !isWhole();
    }

    /** Whether every list was read to its end, and every event on it was checked. */
    public boolean isWhole() {
        return count(Count.LISTS_NOT_PROVED_WHOLE) == 0 && count(Count.UNCHECKED) == 0 && count(Count.UNREADABLE) == 0;
    }

    /** Raises a count that every reading makes again. */
    public UnknownSummary atLeast(Count of, long read) {
        return plus(of, Math.max(0, read - count(of)));
    }

    public UnknownSummary plus(Count of, long more) {
        var all = new EnumMap<Count, Long>(Count.class);
        all.putAll(counts);
        all.merge(of, more, Long::sum);
        return new UnknownSummary(all);
    }

    /** For scripts. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        for (Count count : Count.values()) {
            json.put(count.word(), count(count));
        }
        return json;
    }

    public static UnknownSummary of(JsonNode json) {
        var counts = new EnumMap<Count, Long>(Count.class);
        for (Count count : Count.values()) {
            counts.put(count, json.path(count.word()).longValue());
        }
        return new UnknownSummary(counts);
    }

    /** The counts of a search. Closed; the words are API. */
    public enum Count {
        /** Customers whose lists were read. */
        CUSTOMERS,
        /** Names in links and receipts under which Credyt has no customer. */
        CUSTOMERS_NOT_AT_CREDYT,
        LISTS_NOT_PROVED_WHOLE,
        EVENTS_LISTED,
        /** Of these. */
        EVENTS_IN_PERIOD,
        /** Of these. */
        WITH_RECEIPT,
        /** Of these: in {@code usage.deliverable}, so in flight, or their answer was lost. */
        SENT_WITHOUT_RECEIPT,
        /** Of these: nothing here sent them. */
        UNKNOWN_TO_US,
        /** Of these: receipts of their time have expired, or Credyt contradicts itself. */
        UNCHECKED,
        /**
         * Records of the topics that cannot be read; each may be the receipt of an event that is reported as unknown.
         */
        UNREADABLE;

        /** For scripts. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Counts of a search, restored from its run and saved with it. Not thread-safe. */
    static final class SearchTotals {
        private final ReconcileRun run;
        private final Set<String> notes = new TreeSet<>();
        private UnknownSummary summary;

        SearchTotals(ReconcileRun run) {
            this.run = run;
            this.summary = UnknownSummary.of(run.totals(ObjectNode.class));
        }

        /** The last customer whose events are all in the report, by Credyt's ids; empty before the first. */
        Optional<String> doneTo() {
            return Optional.ofNullable(
                    run.totals(ObjectNode.class).path("done_to").textValue());
        }

        UnknownSummary summary() {
            return summary;
        }

        void count(Count of, long more) {
            summary = summary.plus(of, more);
        }

        /** Takes the unreadable records of one reading; each reading meets the same records again. */
        void unreadable(UnreadableRecords records) {
            summary = summary.atLeast(Count.UNREADABLE, records.count());
            notes.addAll(records.named());
        }

        /** What limits the result, a sentence each. */
        List<String> notes() {
            return notes.stream()
                    .map(one ->
                            "cannot be read, and may be the receipt of an event that is reported as unknown: " + one)
                    .toList();
        }

        /** Saves that the report has all events up to this customer. */
        void save(String doneTo) {
            ObjectNode totals = summary.json();
            totals.put("done_to", doneTo);
            run.save(run.progress(), totals);
        }
    }
}
