package io.usageflow.cli.demo;

import java.util.Map;

/** The report as one table for people. Pure. */
public final class DemoTable {
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
