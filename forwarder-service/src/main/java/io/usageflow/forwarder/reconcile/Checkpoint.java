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
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How far a run is, in a file next to its report. The file is replaced as a whole.
 *
 * @param job names this reconciliation in marks
 * @param command what was asked for, in words: only a run with the same command is resumed
 * @param from begin of the period, as it was at the first start
 * @param to its end
 * @param progress through the receipts, and the log in which its offsets stand
 * @param reportBytes of the report that belong to it
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
     * @param log of the receipts' topic; unknown where an earlier version wrote it, and where no offsets are kept
     */
    public record Progress(Map<Integer, Long> begins, Map<Integer, Long> next, Map<Integer, Long> ends, LogId log) {
        public Progress {
            begins = new TreeMap<>(begins);
            next = new TreeMap<>(next);
            ends = new TreeMap<>(ends);
        }

        /** How much of the topic lies behind this progress, 0 to 1. */
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

    static Path beside(Path report) {
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
     * This checkpoint for the log in which its offsets stand. Where the checkpoint names no log, as one that an earlier
     * version wrote, it is taken to be this one.
     *
     * @throws IllegalArgumentException where it is another log: the offsets would name other receipts, and a resumed
     *     run would skip some
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
            @Nullable String log,
            long reportBytes,
            ObjectNode tally) {
        Content {
            Stream.of(job, command, from, to, tally).forEach(Objects::requireNonNull);
        }
    }

    /** @throws IllegalArgumentException where the file is none of ours; the message says what to do */
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
                    new Progress(
                            content.begins,
                            content.next,
                            content.ends,
                            LogId.parse(Objects.requireNonNullElse(content.log, ""))),
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
                progress.log.text(),
                reportBytes,
                totals);
        try {
            PrivateFiles.replace(file, ReportJson.line(content).getBytes(UTF_8));
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }
}
