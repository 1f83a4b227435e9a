package io.usageflow.forwarder.reconcile.receipts;

import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was found so far. Immutable.
 *
 * @param receipts checked, and records in their place that cannot be read
 * @param findings events by kind
 * @param fees that Credyt charged for the events that were asked for, by asset; exact
 * @param billed events with fees, by type
 * @param unbilled events without, by type, those left out that have no price
 * @param missing events by account
 * @param repairs missing events by {@link RepairOutcome#word}
 */
public record ReconcileSummary(
        long receipts,
        Map<Kind, Long> findings,
        Map<String, BigDecimal> fees,
        Map<String, Long> billed,
        Map<String, Long> unbilled,
        Map<String, Long> missing,
        Map<String, Long> repairs) {
    public ReconcileSummary {
        findings = findings.isEmpty() ? Map.of() : new EnumMap<>(findings);
        fees = new TreeMap<>(fees);
        billed = new TreeMap<>(billed);
        unbilled = new TreeMap<>(unbilled);
        missing = new TreeMap<>(missing);
        repairs = new TreeMap<>(repairs);
    }

    /** Events of that kind. */
    public long count(Kind kind) {
        return findings.getOrDefault(kind, 0L);
    }

    /** Whether all receipts could be read. */
    public boolean isWhole() {
        return count(Kind.UNREADABLE) == 0;
    }

    /** Events that are not as they should be. */
    public long found() {
        return findings.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Events whose repair ended so. */
    public long count(RepairOutcome outcome) {
        return repairs.getOrDefault(outcome.word(), 0L);
    }

    /** What became of a missing event where a repair was asked for. Closed; the words are API. */
    public enum RepairOutcome {
        /** A plan: nothing was sent. */
        WOULD_SEND,
        SENT,
        /** An earlier repair has sent it, and it may still be on its way. */
        SENT_BEFORE,
        /** What was sent has expired in Kafka. */
        EXPIRED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
