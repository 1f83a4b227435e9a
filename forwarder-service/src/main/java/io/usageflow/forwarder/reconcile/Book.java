package io.usageflow.forwarder.reconcile;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts, findings and progress of one run, kept on disk where there is a report: first the findings, then how far it is,
 * so that what is behind it is always in the report. Not thread-safe; close it.
 */
final class Book implements AutoCloseable {
    private final Tally tally;
    private final Optional<Path> checkpointFile;
    private final @Nullable ReportFile report;
    private final long began = System.nanoTime();
    private final double shareBefore;
    private final long receiptsBefore;
    private Checkpoint checkpoint;

    Book(ReconcileRequest request, Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
        tally = Tally.of(checkpoint.tally());
        shareBefore = share();
        receiptsBefore = tally.summary().receipts();
        checkpointFile = request.report().map(Checkpoint::beside);
        if (request.report().isPresent()) {
            report = ReportFile.open(request.report().get());
            // Before anything is in the report: a report without this is one that was finished.
            checkpointFile.ifPresent(checkpoint::write);
            report.begin(checkpoint.reportBytes());
        } else {
            report = null;
        }
    }

    Tally tally() {
        return tally;
    }

    Checkpoint.Progress progress() {
        return checkpoint.progress();
    }

    /** Whether the time is in the period, as it was at the first start. */
    boolean contains(Instant time) {
        return checkpoint.contains(time);
    }

    /** A step is done. */
    void keep(List<Finding> findings, int partition, long next) {
        long bytes = report == null ? 0 : report.append(findings);
        Map<Integer, Long> progress = new TreeMap<>(checkpoint.progress().next());
        progress.put(partition, next);
        checkpoint = new Checkpoint(
                checkpoint.job(),
                checkpoint.command(),
                checkpoint.from(),
                checkpoint.to(),
                new Checkpoint.Progress(
                        checkpoint.progress().begins(),
                        progress,
                        checkpoint.progress().ends(),
                        checkpoint.progress().log()),
                bytes,
                tally.json());
        checkpointFile.ifPresent(checkpoint::write);
    }

    Advance advance() {
        ReconcileSummary summary = tally.summary();
        return Advance.of(
                share(),
                shareBefore,
                summary.receipts() - receiptsBefore,
                Duration.ofNanos(System.nanoTime() - began),
                summary);
    }

    private double share() {
        long all = checkpoint.progress().all();
        return all == 0 ? 1 : (double) checkpoint.progress().done() / all;
    }

    /** @param complete the way back is not needed any more */
    ReconcileSummary finished(boolean complete) {
        if (complete) {
            checkpointFile.ifPresent(Checkpoint::remove);
        }
        return tally.summary();
    }

    @Override
    public void close() {
        if (report != null) {
            report.close();
        }
    }
}
