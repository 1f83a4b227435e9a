package io.usageflow.cli.reconcile;

import io.usageflow.cli.command.Table;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Difference;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileResult;
import io.usageflow.forwarder.reconcile.receipts.ReceiptReconciler.ReconcileProgress;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary.RepairOutcome;
import io.usageflow.schema.text.AgeText;
import io.usageflow.schema.text.CountText;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a reconciliation came to, for people and for scripts. Pure. */
public final class ReconcileTable {
    static final int SAMPLE_MAX = 20;

    private static final int ACCOUNTS_MAX = 20;
    private static final int UNJUDGED_MAX = 5;

    private ReconcileTable() {}

    /** @param sample the first findings */
    static List<String> of(
            ReconcileResult<ReconcileSummary> result, List<ReconcileFinding> sample, Optional<Path> report) {
        ReconcileSummary summary = result.summary();
        var lines = new ArrayList<String>();
        lines.addAll(sample(summary.found(), sample, report));
        lines.add("accepted by Credyt from " + result.from() + " to " + result.to()
                + (result.resumed() ? ", resumed from an earlier run" : "") + ":");
        lines.add(row("receipts", summary.receipts(), ""));
        lines.add(row("as they should be", summary.receipts() - summary.found(), ""));
        for (Kind kind : Kind.OF_RECEIPTS) {
            lines.add(row(kind.name(), summary.count(kind), summary.count(kind) == 0 ? "" : kind.meaning()));
        }
        summary.fees()
                .forEach(
                        (asset, amount) -> lines.add("fees charged for them: " + amount.toPlainString() + " " + asset));
        lines.addAll(unpriced(summary));
        lines.addAll(repairs(summary));
        summary.remedied()
                .forEach((kind, count) ->
                        lines.add("corrected by 'usageflow remedy': " + CountText.of(count) + " " + kind));
        lines.addAll(unjudged(summary));
        result.notes().forEach(note -> lines.add("note: " + note));
        lines.add(verdict(result));
        return lines;
    }

    static String row(String name, long count, String meaning) {
        return String.format(Locale.ROOT, "  %-17s %,12d  %s", name, count, meaning)
                .stripTrailing();
    }

    static String line(ReconcileProgress advance) {
        return String.format(
                Locale.ROOT,
                "%3.0f %%  %,d receipts, %,.0f/s, %,d found%s",
                advance.share() * 100,
                advance.summary().receipts(),
                advance.perSecond(),
                advance.summary().found(),
                advance.left()
                        .map(left -> ", about " + AgeText.of(left) + " left")
                        .orElse(""));
    }

    /** What {@code --json} shows; amounts are texts, so that no reader makes a double of one. */
    public record Document(
            Instant from,
            Instant to,
            boolean complete,
            boolean finished,
            long receipts,
            long found,
            Map<String, Long> findings,
            Map<String, String> fees,
            Map<String, Long> unbilledByType,
            Map<String, Long> missingByAccount,
            Map<String, Long> repairs,
            Map<String, Long> unjudgedFees,
            Map<String, Long> remedied,
            List<String> notes) {
        public static Document of(ReconcileResult<ReconcileSummary> result) {
            ReconcileSummary summary = result.summary();
            var findings = new LinkedHashMap<String, Long>();
            Kind.OF_RECEIPTS.forEach(kind -> findings.put(kind.name().toLowerCase(Locale.ROOT), summary.count(kind)));
            var fees = new LinkedHashMap<String, String>();
            summary.fees().forEach((asset, amount) -> fees.put(asset, amount.toPlainString()));
            var remedied = new LinkedHashMap<String, Long>();
            summary.remedied().forEach((kind, count) -> remedied.put(kind.name().toLowerCase(Locale.ROOT), count));
            return new Document(
                    result.from(),
                    result.to(),
                    result.complete() && summary.isWhole(),
                    result.complete(),
                    summary.receipts(),
                    summary.found(),
                    findings,
                    fees,
                    summary.unbilled(),
                    summary.missing(),
                    summary.repairs(),
                    summary.unjudged(),
                    remedied,
                    result.notes());
        }
    }

    /** A table of the first findings, and where the others are. */
    static List<String> sample(long found, List<ReconcileFinding> sample, Optional<Path> report) {
        if (sample.isEmpty()) {
            return List.of();
        }
        var table = new Table("FINDING", "ACCOUNT", "EVENT", "FIELD", "OURS", "THEIRS", "DETAIL");
        for (ReconcileFinding finding : sample) {
            Difference first = finding.differences().stream().findFirst().orElse(new Difference("", "", ""));
            int more = finding.differences().size() - 1;
            table.row(
                    finding.kind(),
                    finding.event().account(),
                    finding.event().eventId().isEmpty()
                            ? finding.event().credytId()
                            : finding.event().eventId(),
                    first.field() + (more > 0 ? " and " + more + " more" : ""),
                    cut(first.ours()),
                    cut(first.theirs()),
                    finding.detail());
        }
        var lines = new ArrayList<>(table.lines());
        if (found > sample.size()) {
            lines.add("and " + CountText.of(found - sample.size()) + " more: "
                    + report.map(file -> "all are in " + file).orElse("--report FILE.csv writes them all"));
        }
        lines.add("");
        return lines;
    }

    /** A type of which nothing is billed has no price, rather than a thousand faults. */
    private static List<String> unpriced(ReconcileSummary summary) {
        return summary.count(Kind.UNBILLED) == 0
                ? List.of()
                : summary.unbilled().entrySet().stream()
                        .filter(type -> !summary.billed().containsKey(type.getKey()))
                        .map(type -> "note: no event of type " + type.getKey() + " has fees ("
                                + CountText.of(type.getValue())
                                + "): if it has no price, name it with --free " + type.getKey()
                                + "; otherwise look at its price and the customers' subscriptions")
                        .toList();
    }

    private static List<String> unjudged(ReconcileSummary summary) {
        return summary.unjudged().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(UNJUDGED_MAX)
                .map(why -> "note: no price was compared with the fees of "
                        + CountText.of(why.getValue(), "event") + ": "
                        + why.getKey())
                .toList();
    }

    private static List<String> repairs(ReconcileSummary summary) {
        if (summary.repairs().isEmpty()) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        long would = summary.count(RepairOutcome.WOULD_SEND);
        long sent = summary.count(RepairOutcome.SENT);
        long before = summary.count(RepairOutcome.SENT_BEFORE);
        long expired = summary.count(RepairOutcome.EXPIRED);
        if (would > 0) {
            lines.add("to be sent again: " + CountText.of(would) + "; nothing was sent, --repair --apply sends them");
            summary.missing().entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                    .limit(ACCOUNTS_MAX)
                    .forEach(account -> lines.add("  " + account.getKey() + ": " + CountText.of(account.getValue())));
        }
        if (sent > 0) {
            lines.add("sent again: " + CountText.of(sent)
                    + "; they pass admission and delivery as replays do, 'usageflow ledger'"
                    + " shows them, and the same reconcile later finds them");
        }
        if (before > 0) {
            lines.add("not sent, since an earlier repair has: " + CountText.of(before)
                    + " (--again sends them all the same)");
        }
        if (expired > 0) {
            lines.add("cannot be sent, because the originals have expired in Kafka: " + CountText.of(expired));
        }
        return lines;
    }

    private static String verdict(ReconcileResult<ReconcileSummary> result) {
        ReconcileSummary summary = result.summary();
        long missing = summary.count(Kind.MISSING);
        if (missing > 1 && missing == summary.receipts() - summary.count(Kind.UNREADABLE)) {
            return "NOT ONE event is there: is this the key of another mode (test or live), or another address?";
        }
        if (!result.complete()) {
            return "not finished";
        }
        return summary.found() == 0
                ? "clean: Credyt has every event as it was sent, and billed it"
                : "NOT CLEAN: " + CountText.of(summary.found()) + " of " + CountText.of(summary.receipts()) + " events"
                        + (summary.isWhole()
                                ? ""
                                : ", and NOT COMPLETE: " + CountText.of(summary.count(Kind.UNREADABLE))
                                        + " records among the receipts cannot be read");
    }

    private static String cut(String text) {
        return text.length() <= 40 ? text : text.substring(0, 37) + "...";
    }
}
