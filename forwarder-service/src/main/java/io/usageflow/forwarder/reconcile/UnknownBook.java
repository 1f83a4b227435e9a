package io.usageflow.forwarder.reconcile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.kafka.LogId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Findings, counts and progress of a look through Credyt's lists, kept on disk where there is a report. What was written
 * after the last {@link #keep} is cut off when the work goes on. Not thread-safe; close it.
 */
final class UnknownBook implements AutoCloseable {
    private final Optional<Path> checkpointFile;
    private final @Nullable ReportFile report;
    private final boolean goneOn;
    private Checkpoint checkpoint;
    private UnknownSummary summary;
    private long bytes;
    private final Set<String> notes = new TreeSet<>();

    private UnknownBook(Optional<Path> file, Checkpoint checkpoint, boolean goneOn) {
        this.checkpoint = checkpoint;
        this.goneOn = goneOn;
        this.summary = UnknownSummary.of(checkpoint.tally());
        this.bytes = checkpoint.reportBytes();
        checkpointFile = file.map(Checkpoint::beside);
        if (file.isPresent()) {
            report = ReportFile.open(file.get());
            // Before anything is in the report: a report without this is one that was finished.
            checkpointFile.ifPresent(checkpoint::write);
            report.begin(bytes);
        } else {
            report = null;
        }
    }

    /**
     * @param command what was asked for, in words: only the same goes on
     * @throws IllegalArgumentException where the report is another's; the message names the remedy
     */
    static UnknownBook open(UnknownRequest request, String command, Instant now) {
        Optional<Checkpoint> kept = request.report().flatMap(file -> Start.kept(file, command));
        Checkpoint checkpoint = kept.orElseGet(() -> new Checkpoint(
                Start.job(now),
                command,
                request.period().from(),
                request.period().to(),
                new Checkpoint.Progress(Map.of(), Map.of(), Map.of(), LogId.UNKNOWN),
                0,
                UnknownSummary.NONE.json()));
        return new UnknownBook(request.report(), checkpoint, kept.isPresent());
    }

    Instant from() {
        return checkpoint.from();
    }

    Instant to() {
        return checkpoint.to();
    }

    boolean contains(Instant time) {
        return checkpoint.contains(time);
    }

    boolean goneOn() {
        return goneOn;
    }

    /** The last customer of which all is in the report; customers are taken in the order of Credyt's ids. Empty before. */
    Optional<String> doneTo() {
        return Optional.ofNullable(checkpoint.tally().path("done_to").textValue());
    }

    UnknownSummary summary() {
        return summary;
    }

    void count(UnknownCount of, long more) {
        summary = summary.plus(of, more);
    }

    /** What one reading of topics could not read; each reading meets the same records again. */
    void unreadable(Unreadable records) {
        summary = summary.atLeast(UnknownCount.UNREADABLE, records.count());
        notes.addAll(records.named());
    }

    /** What limits the result, a sentence each. */
    List<String> notes() {
        return notes.stream()
                .map(one -> "cannot be read, and may be the receipt of an event that is called unknown: " + one)
                .toList();
    }

    void found(List<Finding> findings) {
        if (report != null && !findings.isEmpty()) {
            bytes = report.append(findings);
        }
    }

    /** All up to this customer is in the report. */
    void keep(String doneTo) {
        if (report != null) {
            bytes = report.append(List.of());
        }
        ObjectNode tally = summary.json();
        tally.put("done_to", doneTo);
        checkpoint = new Checkpoint(
                checkpoint.job(),
                checkpoint.command(),
                checkpoint.from(),
                checkpoint.to(),
                checkpoint.progress(),
                bytes,
                tally);
        checkpointFile.ifPresent(checkpoint::write);
    }

    /** The way back is not needed any more. */
    void finish() {
        checkpointFile.ifPresent(Checkpoint::remove);
    }

    @Override
    public void close() {
        if (report != null) {
            report.close();
        }
    }
}
