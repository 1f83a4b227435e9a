package io.usageflow.cli.publish;

import io.usageflow.forwarder.catalogue.CatalogueReport.Result;
import io.usageflow.forwarder.catalogue.InputReport;
import io.usageflow.forwarder.publish.LineStatistics;
import io.usageflow.forwarder.publish.PublishRun.Counts;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a backfill came to, for people and for programs. Pure. */
public final class BackfillResult {
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

    /**
     * What {@code --json} shows: good lines of a dry run, published ones otherwise.
     *
     * @param notBilled events that Credyt would not bill; absent if they were not checked
     * @param undecided likewise, events that could not be judged
     */
    public record Document(
            boolean dryRun,
            @Nullable Long good,
            @Nullable Long published,
            long badLines,
            long failed,
            long doneBefore,
            boolean ended,
            long repeatedLines,
            long tooOld,
            long inFuture,
            long roundedAmounts,
            Map<String, BigDecimal> roundingDifferences,
            @Nullable Long notBilled,
            @Nullable Long undecided) {
        public static Document of(boolean dryRun, Counts counts, Optional<InputReport> report) {
            LineStatistics statistics = counts.statistics();
            return new Document(
                    dryRun,
                    dryRun ? counts.durable() : null,
                    dryRun ? null : counts.durable(),
                    counts.bad(),
                    counts.failed(),
                    counts.skipped(),
                    counts.ended(),
                    statistics.repeated(),
                    statistics.tooOld(),
                    statistics.inFuture(),
                    statistics.rounded(),
                    new TreeMap<>(statistics.differences()),
                    report.map(judged -> judged.events(Result.NOT_BILLED)).orElse(null),
                    report.map(judged -> judged.events(Result.UNDECIDED)).orElse(null));
        }
    }
}
