package io.usageflow.cli.demo;

import java.util.List;
import java.util.Map;

/**
 * What a run of the demo came to: the pipeline's own books, what its topics hold, what the sandbox has, and what was
 * expected. Money is text, so that no reader parses it as a float.
 *
 * @param published acknowledged by Kafka
 * @param received judged by admission, from its ledger; likewise admitted, duplicates, rerouted, parked
 * @param delivered from delivery's ledger
 * @param inFlight admitted, and neither delivered nor a dead letter of delivery
 * @param deadLetters counted in the dead-letter topic, by stage and reason
 * @param receipts counted in the receipts topic
 * @param balanced whether the ledger balances for every partition and stage
 * @param badLines of the input
 * @param disagreements empty where all is well
 */
public record DemoReport(
        long published,
        long received,
        long admitted,
        long duplicates,
        long rerouted,
        long parked,
        long delivered,
        long inFlight,
        DeadLetterCounts deadLetters,
        long receipts,
        boolean balanced,
        Sandbox sandbox,
        Expected expected,
        double seconds,
        double eventsPerSecond,
        List<String> badLines,
        List<String> disagreements) {

    public record DeadLetterCounts(Map<String, Long> admission, Map<String, Long> delivery) {
        long total() {
            return sum(admission) + sum(delivery);
        }

        private static long sum(Map<String, Long> counts) {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * What the sandbox counted.
     *
     * @param events distinct ids that Credyt's stand-in holds
     * @param repeatedRequests events that came again under an id it already had
     * @param conflictingContent of those, events whose content differed: must be none
     * @param outageRefusals requests refused during the planned outage: must be some, or there was none
     * @param fees USD, plain decimal; likewise costs
     */
    public record Sandbox(
            long events,
            long repeatedRequests,
            long conflictingContent,
            long outageRefusals,
            String fees,
            String costs) {}

    public record Expected(long events, String fees, String costs) {}

    public boolean agrees() {
        return disagreements.isEmpty();
    }

    /** The report as one table for people. Pure. */
    public static final class DemoTable {
        private static final String ROW = "  %-34s %,14d%n";

        private DemoTable() {}

        public static String of(DemoReport report) {
            StringBuilder table = new StringBuilder();
            table.append("%n  THE PIPELINE'S BOOKS%n".formatted());
            row(table, "published (acknowledged by Kafka)", report.published());
            row(table, "received by admission", report.received());
            row(table, "  admitted", report.admitted());
            row(table, "  duplicates", report.duplicates());
            reasons(table, "admission", report.deadLetters().admission());
            row(table, "  parked, waiting for a link", report.parked());
            row(table, "  (rerouted on the way)", report.rerouted());
            row(table, "delivered to Credyt", report.delivered());
            reasons(table, "delivery", report.deadLetters().delivery());
            row(table, "  in flight", report.inFlight());
            table.append("  %-34s %14s%n".formatted("ledger", report.balanced() ? "balanced" : "NOT BALANCED"));
            table.append("%n  %-20s %24s %24s%n".formatted("", "CREDYT'S STAND-IN HAS", "THE INPUT SAYS"));
            DemoReport.Sandbox sandbox = report.sandbox();
            DemoReport.Expected expected = report.expected();
            table.append("  %-20s %,24d %,24d%n".formatted("events", sandbox.events(), expected.events()));
            table.append("  %-20s %24s %24s%n".formatted("fees, USD", sandbox.fees(), expected.fees()));
            table.append("  %-20s %24s %24s%n".formatted("costs, USD", sandbox.costs(), expected.costs()));
            table.append("  %-20s %,24d %24s%n".formatted("ids sent again", sandbox.repeatedRequests(), "any"));
            table.append("  %-20s %,24d %24d%n".formatted("  with other content", sandbox.conflictingContent(), 0));
            table.append("  %-20s %,24d %24s%n".formatted("outage refusals", sandbox.outageRefusals(), "some"));
            return table.toString();
        }

        private static void reasons(StringBuilder table, String stage, Map<String, Long> counts) {
            counts.forEach((reason, count) -> row(table, "  dead letters: " + reason, count));
            if (counts.isEmpty()) {
                row(table, "  dead letters of " + stage, 0);
            }
        }

        private static void row(StringBuilder table, String name, long count) {
            table.append(ROW.formatted(name, count));
        }
    }
}
