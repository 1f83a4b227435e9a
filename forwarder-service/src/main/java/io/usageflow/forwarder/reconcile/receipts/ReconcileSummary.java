package io.usageflow.forwarder.reconcile.receipts;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The counts of a run so far. Immutable. A checkpoint of an earlier version has no fields for empty maps.
 *
 * @param receipts checked, with records of the topic that cannot be read
 * @param findings events by kind
 * @param fees that Credyt charged for the events that were asked for, by asset; exact
 * @param billed events with fees, by type
 * @param unbilled events without fees, by type; without the types that have no price
 * @param missing events by account
 * @param repairs missing events by {@link RepairOutcome#word}
 * @param unjudged events whose fees could not be compared with prices, by why
 * @param remedied events with a finding that a remedy has corrected, by kind; they are not among the findings
 */
public record ReconcileSummary(
        long receipts,
        @JsonSetter(nulls = Nulls.AS_EMPTY) Map<Kind, Long> findings,

        @JsonSerialize(contentUsing = ToStringSerializer.class) @JsonSetter(nulls = Nulls.AS_EMPTY)
        Map<String, BigDecimal> fees,

        @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, Long> billed,
        @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, Long> unbilled,
        @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, Long> missing,
        @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, Long> repairs,
        @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, Long> unjudged,
        @JsonSetter(nulls = Nulls.AS_EMPTY) Map<Kind, Long> remedied) {
    private static final ReconcileSummary NOTHING =
            new ReconcileSummary(0, Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

    public ReconcileSummary {
        findings = new TreeMap<>(findings);
        fees = new TreeMap<>(fees);
        billed = new TreeMap<>(billed);
        unbilled = new TreeMap<>(unbilled);
        missing = new TreeMap<>(missing);
        repairs = new TreeMap<>(repairs);
        unjudged = new TreeMap<>(unjudged);
        remedied = new TreeMap<>(remedied);
    }

    /** Events of that kind. */
    public long count(Kind kind) {
        return findings.getOrDefault(kind, 0L);
    }

    /** Whether all receipts could be read. */
    public boolean isWhole() {
        return count(Kind.UNREADABLE) == 0;
    }

    /** The number of findings. */
    public long found() {
        return findings.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Events with this outcome of the repair. */
    public long count(RepairOutcome outcome) {
        return repairs.getOrDefault(outcome.word(), 0L);
    }

    /** The outcome of a repair for a missing event. Closed; the words are API. */
    public enum RepairOutcome {
        /** A plan: nothing was sent. */
        WOULD_SEND,
        SENT,
        /** An earlier repair has sent it, and it may still be in flight. */
        SENT_BEFORE,
        /** What was sent has expired in Kafka. */
        EXPIRED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Counts a run. Bounded: beyond {@value #NAMES_MAX} names, the rest is counted under one. Not thread-safe. */
    static final class ReceiptTotals {
        private static final int NAMES_MAX = 1_000;
        private static final String OTHERS = "(others)";

        private final ReconcileSummary counts;
        private long receipts;

        ReceiptTotals() {
            this(NOTHING);
        }

        /** @param earlier of the run that is resumed */
        ReceiptTotals(ReconcileSummary earlier) {
            counts = new ReconcileSummary(
                    0,
                    earlier.findings,
                    earlier.fees,
                    earlier.billed,
                    earlier.unbilled,
                    earlier.missing,
                    earlier.repairs,
                    earlier.unjudged,
                    earlier.remedied);
            receipts = earlier.receipts;
        }

        /** Counts a receipt that was checked. */
        void receipt() {
            receipts++;
        }

        /** Counts a record that is no receipt, or none that can be read. */
        void unreadable(ReconcileFinding finding) {
            receipts++;
            found(finding);
        }

        void found(ReconcileFinding finding) {
            counts.findings.merge(finding.kind(), 1L, Long::sum);
            if (finding.kind() == Kind.MISSING) {
                add(counts.missing, finding.event().account());
            }
        }

        /**
         * Counts what Credyt charged for an event.
         *
         * @param free whether its type has no price, so that fees are not missed
         * @param repeated whether the event's fees are counted with another receipt of the same event
         */
        void fees(EventRef event, JsonNode theirs, boolean free, boolean repeated) {
            JsonNode list = theirs.path("fees");
            if (!list.isEmpty() || !free) {
                add(
                        list.isEmpty() ? counts.unbilled : counts.billed,
                        event.eventType().orElse("(expired)"));
            }
            if (!repeated) {
                for (JsonNode fee : list) {
                    if (fee.path("amount").isNumber()) {
                        String asset =
                                fee.path("asset").asText(fee.path("currency").asText("(no asset)"));
                        counts.fees.merge(
                                bounded(counts.fees, asset), fee.path("amount").decimalValue(), BigDecimal::add);
                    }
                }
            }
        }

        /** Counts what became, or would become, of a missing event. */
        void repair(RepairOutcome outcome) {
            counts.repairs.merge(outcome.word(), 1L, Long::sum);
        }

        /** Counts an event whose fees could not be judged. */
        void unjudged(String why) {
            add(counts.unjudged, why);
        }

        /** Counts an event that a remedy has corrected. */
        void remedied(Kind kind) {
            counts.remedied.merge(kind, 1L, Long::sum);
        }

        private static void add(Map<String, Long> counts, String name) {
            counts.merge(bounded(counts, name), 1L, Long::sum);
        }

        private static String bounded(Map<String, ?> counts, String name) {
            return counts.containsKey(name) || counts.size() < NAMES_MAX ? name : OTHERS;
        }

        ReconcileSummary summary() {
            return new ReconcileSummary(
                    receipts,
                    counts.findings,
                    counts.fees,
                    counts.billed,
                    counts.unbilled,
                    counts.missing,
                    counts.repairs,
                    counts.unjudged,
                    counts.remedied);
        }
    }
}
