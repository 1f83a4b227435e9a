package io.usageflow.cli.demo;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Requests in the order of their time, and the lines that could not be read.
 *
 * @param rows sorted by time, then service and line, so that the same input always gives the same run
 * @param badLines what was wrong, each with file and line number
 */
public record DemoTrace(List<TraceRow> rows, List<String> badLines) {
    private static final Comparator<TraceRow> IN_TIME =
            Comparator.comparing(TraceRow::at).thenComparing(TraceRow::service).thenComparingLong(TraceRow::line);

    public DemoTrace {
        rows = rows.stream().sorted(IN_TIME).toList();
        badLines = List.copyOf(badLines);
    }

    /** Both traces as one. */
    public DemoTrace and(DemoTrace other) {
        List<TraceRow> allRows = new ArrayList<>(rows);
        allRows.addAll(other.rows);
        List<String> allBad = new ArrayList<>(badLines);
        allBad.addAll(other.badLines);
        return new DemoTrace(allRows, allBad);
    }

    /** The first requests only. */
    public DemoTrace atMost(long events) {
        return new DemoTrace(rows.stream().limit(events).toList(), badLines);
    }

    /**
     * The same trace moved in time so that its last request is made at the given moment: usage of years ago is,
     * rightly, too old to be admitted.
     */
    public DemoTrace endingAt(Instant end) {
        if (rows.isEmpty()) {
            return this;
        }
        var shift = java.time.Duration.between(rows.get(rows.size() - 1).at(), end);
        return new DemoTrace(
                rows.stream()
                        .map(row -> new TraceRow(
                                row.service(), row.line(), row.at().plus(shift), row.inputTokens(), row.outputTokens()))
                        .toList(),
                badLines);
    }

    /**
     * One request to a language model, as a trace records it.
     *
     * @param service the trace it came from, such as {@code azure-llm-conv}
     * @param line its line in that trace, from 2 since the first is the header; with service it identifies the request
     * @param at when it was made
     * @param inputTokens at least 0
     * @param outputTokens at least 0
     */
    public record TraceRow(String service, long line, Instant at, long inputTokens, long outputTokens) {}
}
