package io.usageflow.cli.reconcile;

import io.usageflow.cli.command.Table;
import io.usageflow.forwarder.reconcile.remedy.Remedy;
import io.usageflow.forwarder.reconcile.remedy.Remedy.Outcome;
import io.usageflow.forwarder.reconcile.remedy.Remedy.RemedySummary;
import io.usageflow.schema.text.CountText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What remedies came to, for people and for scripts. Pure. */
public final class RemedyTable {
    private static final int SAMPLE_MAX = 20;

    private RemedyTable() {}

    static List<String> of(RemedySummary summary, boolean apply) {
        var lines = new ArrayList<String>();
        if (!summary.first().isEmpty()) {
            var table = new Table("FINDING", "ACCOUNT", "EVENT", "REMEDY", "WALLET", "DETAIL");
            summary.first().stream()
                    .limit(SAMPLE_MAX)
                    .forEach(remedy -> table.row(
                            remedy.finding().kind(),
                            remedy.finding().account(),
                            remedy.finding().eventId(),
                            remedy.outcome(),
                            amounts(remedy.amounts()),
                            remedy.detail()));
            lines.addAll(table.lines());
            if (summary.findings() > SAMPLE_MAX) {
                lines.add("and " + CountText.of(summary.findings() - SAMPLE_MAX) + " more");
            }
            lines.add("");
        }
        summary.outcomes()
                .forEach((outcome, count) ->
                        lines.add(String.format(Locale.ROOT, "  %-19s %,12d  %s", outcome, count, outcome.meaning())));
        if (!summary.amounts().isEmpty()) {
            lines.add(
                    (apply ? "wallets corrected by " : "wallets would be corrected by ") + amounts(summary.amounts()));
        }
        lines.add(verdict(summary, apply));
        return lines;
    }

    private static String verdict(RemedySummary summary, boolean apply) {
        if (!summary.complete()) {
            return "not finished";
        }
        if (summary.findings() == 0) {
            return "no finding of the report was chosen: nothing to do";
        }
        long open = summary.outcomes().entrySet().stream()
                .filter(outcome -> outcome.getKey().isOpen())
                .mapToLong(Map.Entry::getValue)
                .sum();
        String done = apply ? summary.job() + " is done" : "nothing was touched: --apply does it";
        return open == 0 ? done : done + "; findings left: " + CountText.of(open);
    }

    /** With a sign: what is added to the wallet. */
    private static String amounts(Map<String, BigDecimal> amounts) {
        return amounts.entrySet().stream()
                .map(amount -> (amount.getValue().signum() > 0 ? "+" : "")
                        + amount.getValue().toPlainString() + " " + amount.getKey())
                .collect(Collectors.joining(", "));
    }

    /** What {@code --json} shows; amounts are texts, so that no reader makes a double of one. */
    public record Document(
            String job,
            boolean applied,
            boolean complete,
            long findings,
            Map<String, Long> outcomes,
            Map<String, String> wallets,
            List<Item> first) {
        public static Document of(RemedySummary summary, boolean apply) {
            var outcomes = new LinkedHashMap<String, Long>();
            for (Outcome outcome : Outcome.values()) {
                outcomes.put(outcome.word(), summary.count(outcome));
            }
            return new Document(
                    summary.job(),
                    apply,
                    summary.complete(),
                    summary.findings(),
                    outcomes,
                    texts(summary.amounts()),
                    summary.first().stream().map(Item::of).toList());
        }

        private static Map<String, String> texts(Map<String, BigDecimal> amounts) {
            var texts = new LinkedHashMap<String, String>();
            amounts.forEach((asset, amount) -> texts.put(asset, amount.toPlainString()));
            return texts;
        }

        public record Item(
                String finding,
                String eventId,
                String credytEventId,
                String account,
                String outcome,
                Map<String, String> wallet,
                String detail) {
            static Item of(Remedy remedy) {
                return new Item(
                        remedy.finding().kind().name(),
                        remedy.finding().eventId(),
                        remedy.finding().credytId(),
                        remedy.finding().account(),
                        remedy.outcome().name(),
                        texts(remedy.amounts()),
                        remedy.detail());
            }
        }
    }
}
