package io.usageflow.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.publish.LineStatistics;
import io.usageflow.forwarder.publish.PublishRun.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a backfill came to, for people and for programs. Pure. */
final class BackfillResult {
    private BackfillResult() {}

    static List<String> lines(boolean dryRun, boolean rounds, Counts counts) {
        LineStatistics statistics = counts.statistics();
        var lines = new ArrayList<String>();
        String repeated = statistics.repeated() > 0 ? ", repeated lines " + statistics.repeated() : "";
        if (dryRun) {
            lines.add("good lines " + counts.durable() + ", bad lines " + counts.bad() + repeated
                    + "; nothing was published");
        } else {
            lines.add("published " + counts.durable() + ", bad lines " + counts.bad() + ", failed " + counts.failed()
                    + (counts.skipped() > 0 ? ", lines done before " + counts.skipped() : "") + repeated);
        }
        if (rounds) {
            lines.add("rounded amounts " + statistics.rounded()
                    + (statistics.rounded() > 0 ? ", which changed their sum by " + differences(statistics) : ""));
        }
        if (statistics.tooOld() > 0) {
            lines.add("older than the dedup window " + statistics.tooOld()
                    + ": admission holds these as TOO_OLD dead letters");
        }
        if (statistics.inFuture() > 0) {
            lines.add("later than now " + statistics.inFuture() + ": admission holds these as IN_FUTURE dead letters");
        }
        return lines;
    }

    private static String differences(LineStatistics statistics) {
        return new TreeMap<>(statistics.differences())
                .entrySet().stream()
                        .map(each -> each.getValue().toPlainString() + " " + each.getKey())
                        .collect(Collectors.joining(", "));
    }

    static ObjectNode json(boolean dryRun, Counts counts) {
        LineStatistics statistics = counts.statistics();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("dry_run", dryRun)
                .put(dryRun ? "good" : "published", counts.durable())
                .put("bad_lines", counts.bad())
                .put("failed", counts.failed())
                .put("done_before", counts.skipped())
                .put("ended", counts.ended())
                .put("repeated_lines", statistics.repeated())
                .put("too_old", statistics.tooOld())
                .put("in_future", statistics.inFuture())
                .put("rounded_amounts", statistics.rounded());
        ObjectNode differences = json.putObject("rounding_differences");
        for (Map.Entry<String, java.math.BigDecimal> each : new TreeMap<>(statistics.differences()).entrySet()) {
            differences.put(each.getKey(), each.getValue());
        }
        return json;
    }
}
