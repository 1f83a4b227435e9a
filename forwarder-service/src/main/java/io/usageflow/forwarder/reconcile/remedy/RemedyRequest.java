package io.usageflow.forwarder.reconcile.remedy;

import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.remedy.ReportReader.ReportedFinding;
import io.usageflow.forwarder.replay.EventFix;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which findings to correct, and how. Immutable.
 *
 * @param apply whether anything is changed
 * @param fixes changes of each event before it is sent again
 * @param perSecond requests to Credyt at most, above 0
 */
public record RemedyRequest(
        Path report,
        Selection selection,
        boolean apply,
        Audit audit,
        List<EventFix> fixes,
        Reasons reasons,
        double perSecond) {
    /** What a remedy exists for. */
    private static final Set<Kind> REMEDIABLE =
            EnumSet.of(Kind.UNBILLED, Kind.FEES_DOUBLE, Kind.WRONG_VERSION, Kind.FEES_MISSING, Kind.FEES_DIFFER);

    public RemedyRequest {
        fixes = List.copyOf(fixes);
        for (EventFix fix : fixes) {
            if (!fix.field().equals("event_type") && !fix.field().startsWith("data.")) {
                throw new IllegalArgumentException(
                        "--set " + fix.field() + ": a remedy changes only what Credyt prices: event_type, data.KEY");
            }
        }
        if (!(perSecond > 0)) {
            throw new IllegalArgumentException("the rate is " + perSecond + ": use more than 0 requests a second");
        }
    }

    /** The audit fields of each mark. */
    public record Audit(String who, String why) {}

    /**
     * The {@code reason} of wallet adjustments. Which code Credyt wants for a corrected fee is not documented
     * (docs/credyt-api.md, 4).
     *
     * @param refund if too much was charged
     * @param charge if too little was charged; such findings are left alone if empty
     */
    public record Reasons(String refund, Optional<String> charge) {}

    /**
     * The findings of the report to correct; all of a kind that has a remedy by default.
     *
     * @param kinds all if empty
     * @param account all if empty
     * @param event the event's own id or its id at Credyt; all if empty
     */
    public record Selection(Set<Kind> kinds, Optional<String> account, Optional<String> event) {
        public Selection {
            kinds = Set.copyOf(kinds);
        }

        boolean has(ReportedFinding finding) {
            return (kinds.isEmpty() || kinds.contains(finding.kind()))
                    && account.map(finding.account()::equals).orElse(true)
                    && event.map(id -> id.equals(finding.eventId()) || id.equals(finding.credytId()))
                            .orElse(true);
        }
    }

    static boolean isRemediable(Kind kind) {
        return REMEDIABLE.contains(kind);
    }
}
