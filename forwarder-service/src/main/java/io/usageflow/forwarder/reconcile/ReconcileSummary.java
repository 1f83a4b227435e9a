package io.usageflow.forwarder.reconcile;

import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was found so far. Immutable.
 *
 * @param receipts judged, and records in their place that cannot be read
 * @param findings events by kind
 * @param fees that Credyt charged for the events that were asked for, by asset; exact
 * @param billed events with fees, by type
 * @param unbilled events without, by type, those left out that have no price
 * @param missing events by account
 * @param repairs missing events by {@link RepairOutcome#word}
 */
public record ReconcileSummary(
        long receipts,
        Map<FindingKind, Long> findings,
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
    public long count(FindingKind kind) {
        return findings.getOrDefault(kind, 0L);
    }

    /** Whether all receipts could be read. */
    public boolean isWhole() {
        return count(FindingKind.UNREADABLE) == 0;
    }

    /** Events that are not as they should be. */
    public long found() {
        return findings.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Events whose repair ended so. */
    public long count(RepairOutcome outcome) {
        return repairs.getOrDefault(outcome.word(), 0L);
    }
}
