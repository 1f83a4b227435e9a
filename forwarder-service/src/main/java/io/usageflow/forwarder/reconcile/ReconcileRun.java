package io.usageflow.forwarder.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.forwarder.kafka.LogId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Report and checkpoint of one run; on disk only with a report. The findings are written before the checkpoint, so the
 * report has every finding up to the checkpoint, and a resumed run cuts off what was written after it. Not thread-safe;
 * close it.
 */
public final class ReconcileRun implements AutoCloseable {
    private final Optional<Path> checkpointFile;
    private final @Nullable ReportFile report;
    private final boolean resumed;
    private Checkpoint checkpoint;

    private ReconcileRun(Optional<Path> file, Checkpoint checkpoint, boolean resumed) {
        this.checkpoint = checkpoint;
        this.resumed = resumed;
        checkpointFile = file.map(Checkpoint::of);
        if (file.isPresent()) {
            report = ReportFile.open(file.get());
            // Before the report has content: a report without a checkpoint is a finished one.
            checkpointFile.ifPresent(checkpoint::write);
            report.begin(checkpoint.reportBytes());
        } else {
            report = null;
        }
    }

    /**
     * Resumes the run that the report belongs to, or begins one.
     *
     * @param command the request in words: only a run with the same command is resumed
     * @param log of the offsets in the progress; unknown if the run keeps no offsets
     * @param start of a new run
     * @param totals of a new run
     * @throws IllegalArgumentException if the report belongs to another run; the message names the remedy
     */
    public static ReconcileRun open(
            ReconcileRequest request,
            String command,
            LogId log,
            Supplier<Checkpoint.Progress> start,
            Object totals,
            Instant now) {
        Optional<Checkpoint> kept = request.report().flatMap(report -> kept(report, command));
        Checkpoint checkpoint = kept.map(known -> known.inLog(log))
                .orElseGet(() -> new Checkpoint(
                        job(now),
                        command,
                        request.period().from(),
                        request.period().to(),
                        start.get(),
                        0,
                        json(totals)));
        return new ReconcileRun(request.report(), checkpoint, kept.isPresent());
    }

    private static Optional<Checkpoint> kept(Path report, String command) {
        ReportFormat.of(report);
        Path file = Checkpoint.of(report);
        Optional<Checkpoint> kept = Checkpoint.read(file);
        try {
            long length = Files.exists(report) ? Files.size(report) : 0;
            if (kept.isEmpty() && length > 0) {
                throw new IllegalArgumentException(
                        report + " exists already: name another report, or remove it to start again");
            }
            if (kept.isPresent() && !kept.get().command().equals(command)) {
                throw new IllegalArgumentException(file + " is the checkpoint of another run ("
                        + kept.get().command() + "): name another report, or remove both files to start again");
            }
            if (kept.isPresent() && length < kept.get().reportBytes()) {
                throw new IllegalArgumentException(
                        report + " is shorter than its checkpoint " + file + " says: remove both to start again");
            }
            return kept;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String job(Instant now) {
        return "reconcile-" + now.toString().replaceAll("[^0-9T]", "").substring(0, 15) + "-"
                + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Names this run in marks. */
    public String job() {
        return checkpoint.job();
    }

    /** Start of the period, as it was when the run began. */
    public Instant from() {
        return checkpoint.from();
    }

    /** End of the period, as it was when the run began. */
    public Instant to() {
        return checkpoint.to();
    }

    public boolean contains(Instant time) {
        return !time.isBefore(from()) && time.isBefore(to());
    }

    public boolean resumed() {
        return resumed;
    }

    public Checkpoint.Progress progress() {
        return checkpoint.progress();
    }

    /** The counts at the last checkpoint. */
    public <T> T totals(Class<T> type) {
        return read(checkpoint.totals(), type);
    }

    private static ObjectNode json(Object totals) {
        return read(totals, ObjectNode.class);
    }

    private static <T> T read(Object totals, Class<T> type) {
        try {
            return ReportJson.read(ReportJson.line(totals), type);
        } catch (JsonProcessingException damaged) {
            throw new IllegalArgumentException(
                    "the checkpoint's counts cannot be read: remove it and the report to start again", damaged);
        }
    }

    /** Writes the findings to the report, on disk when this returns. */
    public void append(List<ReconcileFinding> findings) {
        if (report != null && !findings.isEmpty()) {
            report.append(findings);
        }
    }

    /** Replaces the checkpoint, which covers everything that was appended until now. */
    public void save(Checkpoint.Progress progress, Object totals) {
        long bytes = report == null ? 0 : report.append(List.of());
        checkpoint = new Checkpoint(
                checkpoint.job(),
                checkpoint.command(),
                checkpoint.from(),
                checkpoint.to(),
                progress,
                bytes,
                json(totals));
        checkpointFile.ifPresent(checkpoint::write);
    }

    /** The run reached its end: it will not be resumed. */
    public void finish() {
        checkpointFile.ifPresent(Checkpoint::remove);
    }

    @Override
    public void close() {
        if (report != null) {
            report.close();
        }
    }

    /**
     * Follows a run, on the thread of the run.
     *
     * @param <P> the progress
     */
    public interface ReconcileListener<P> {
        /** Called after each step of some seconds. */
        void advanced(P progress);

        void found(ReconcileFinding finding);
    }

    /**
     * The result of a run.
     *
     * @param <S> its counts
     * @param from begin of the period
     * @param to end of the period, exclusive
     * @param complete whether the run reached its end; otherwise it was stopped
     * @param resumed whether it resumed an earlier run
     * @param notes what limits the result, a sentence each
     */
    public record ReconcileResult<S>(
            S summary, Instant from, Instant to, boolean complete, boolean resumed, List<String> notes) {
        public ReconcileResult {
            notes = List.copyOf(notes);
        }
    }
}
