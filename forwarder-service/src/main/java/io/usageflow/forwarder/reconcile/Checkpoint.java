package io.usageflow.forwarder.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.schema.file.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The progress of a run, in a file next to its report. The file is replaced as a whole.
 *
 * @param job names this reconciliation in marks
 * @param command the request in words: only a run with the same command is resumed
 * @param from start of the period, as it was when the run began
 * @param to its end
 * @param progress through the receipts, and the log in which its offsets stand
 * @param reportBytes length of the report at this checkpoint
 * @param totals the counts so far, as JSON
 */
public record Checkpoint(
        String job, String command, Instant from, Instant to, Progress progress, long reportBytes, ObjectNode totals) {
    /**
     * Through the receipts' partitions.
     *
     * @param begins first offset of each
     * @param next offset at which a resumed run continues
     * @param ends offset before which it ends
     * @param log of the receipts' topic; unknown if an earlier version wrote it, or without offsets
     */
    public record Progress(Map<Integer, Long> begins, Map<Integer, Long> next, Map<Integer, Long> ends, LogId log) {
        public Progress {
            begins = new TreeMap<>(begins);
            next = new TreeMap<>(next);
            ends = new TreeMap<>(ends);
        }

        /** The part of the topic that was read, 0 to 1. */
        public double share() {
            long all = sum(ends) - sum(begins);
            return all == 0 ? 1 : (double) (sum(next) - sum(begins)) / all;
        }

        /** The same, with another offset for one partition. */
        public Progress with(int partition, long offset) {
            Map<Integer, Long> moved = new TreeMap<>(next);
            moved.put(partition, offset);
            return new Progress(begins, moved, ends, log);
        }

        private static long sum(Map<Integer, Long> offsets) {
            return offsets.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    static Path of(Path report) {
        return report.resolveSibling(report.getFileName() + ".checkpoint");
    }

    /** The run reached its end. */
    static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /**
     * Returns this checkpoint for the current log. A checkpoint of an earlier version names no log and is taken to be
     * of this one.
     *
     * @throws IllegalArgumentException if it is another log: a resumed run would skip receipts
     */
    Checkpoint inLog(LogId log) {
        if (progress.log().differsFrom(log)) {
            throw new IllegalArgumentException("the report was begun when the topic of receipts was another log ("
                    + progress.log().text() + ", now " + log.text()
                    + "): it was made again or moved, and receipts would be skipped. Name another report, or remove the"
                    + " report and its checkpoint, to begin at the earliest receipt");
        }
        return new Checkpoint(
                job,
                command,
                from,
                to,
                new Progress(progress.begins(), progress.next(), progress.ends(), log),
                reportBytes,
                totals);
    }

    /** The file's fields. */
    private record Content(
            String job,
            String command,
            Instant from,
            Instant to,
            Map<Integer, Long> begins,
            Map<Integer, Long> next,
            Map<Integer, Long> ends,
            Optional<String> log,
            long reportBytes,
            ObjectNode tally) {}

    /** @throws IllegalArgumentException if the file is no checkpoint; the message names the remedy */
    static Optional<Checkpoint> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Content content = ReportJson.read(Files.readString(file), Content.class);
            return Optional.of(new Checkpoint(
                    content.job,
                    content.command,
                    content.from,
                    content.to,
                    new Progress(content.begins, content.next, content.ends, LogId.parse(content.log.orElse(""))),
                    content.reportBytes,
                    content.tally));
        } catch (IOException | RuntimeException damaged) {
            throw new IllegalArgumentException(
                    file + " cannot be read (" + damaged.getClass().getSimpleName()
                            + "): remove it and the report to start again",
                    damaged);
        }
    }

    void write(Path file) {
        var content = new Content(
                job,
                command,
                from,
                to,
                progress.begins,
                progress.next,
                progress.ends,
                Optional.of(progress.log.text()),
                reportBytes,
                totals);
        try {
            PrivateFiles.replace(file, ReportJson.line(content).getBytes(UTF_8));
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }
}
