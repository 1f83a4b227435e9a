package io.usageflow.forwarder.reconcile;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.LogIds;
import io.usageflow.forwarder.kafka.PartitionReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a reconciliation begins, or goes on.
 *
 * @param notes what limits the result, a sentence each
 */
record Start(Checkpoint checkpoint, boolean goneOn, List<String> notes) {

    /** @throws IllegalArgumentException where the report is another's; the message names the remedy */
    static Start of(ReconcileRequest request, Settings settings, PartitionReader receipts, Instant now) {
        String command = command(request, settings);
        Optional<Checkpoint> kept = request.report().flatMap(report -> kept(report, command));
        LogId log = request.report().isEmpty()
                ? LogId.UNKNOWN
                : LogIds.of(settings.kafka().client(), settings.topics().names().receipts());
        Checkpoint checkpoint =
                kept.map(known -> inSameLog(known, log)).orElseGet(() -> fresh(request, command, receipts, log, now));
        return new Start(checkpoint, kept.isPresent(), notes(checkpoint, settings, receipts));
    }

    private static String command(ReconcileRequest request, Settings settings) {
        return request.period().text() + ", "
                + request.account().map(account -> "account " + account).orElse("all accounts") + ", topics "
                + settings.topics().names().prefix() + ", " + settings.credyt().url() + ", repair "
                + request.repair().mode().name().toLowerCase(Locale.ROOT) + ", free " + new TreeSet<>(request.free());
    }

    static Optional<Checkpoint> kept(Path report, String command) {
        ReportFormat.of(report);
        Path file = Checkpoint.beside(report);
        Optional<Checkpoint> kept = Checkpoint.read(file);
        try {
            long length = Files.exists(report) ? Files.size(report) : 0;
            if (kept.isEmpty() && length > 0) {
                throw new IllegalArgumentException(
                        report + " exists already: name another report, or remove it to begin anew");
            }
            if (kept.isPresent() && !kept.get().command().equals(command)) {
                throw new IllegalArgumentException(file + " is how far another reconciliation is ("
                        + kept.get().command() + "): name another report, or remove both files to begin anew");
            }
            if (kept.isPresent() && length < kept.get().reportBytes()) {
                throw new IllegalArgumentException(
                        report + " is shorter than " + file + " remembers: remove both to begin anew");
            }
            return kept;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /**
     * The checkpoint, where its offsets stand in this log; where it does not say in which, as one of an earlier version, they
     * are taken to.
     *
     * @throws IllegalArgumentException where they do not: they would name other receipts, and some would never be checked
     */
    static Checkpoint inSameLog(Checkpoint checkpoint, LogId log) {
        Checkpoint.Progress progress = checkpoint.progress();
        if (progress.log().differsFrom(log)) {
            throw new IllegalArgumentException("the report was begun when the topic of receipts was another log ("
                    + progress.log().text() + ", now " + log.text()
                    + "): it was made again or moved, and receipts would be skipped. Name another report, or remove the"
                    + " report and its checkpoint, to begin at the earliest receipt");
        }
        return new Checkpoint(
                checkpoint.job(),
                checkpoint.command(),
                checkpoint.from(),
                checkpoint.to(),
                new Checkpoint.Progress(progress.begins(), progress.next(), progress.ends(), log),
                checkpoint.reportBytes(),
                checkpoint.tally());
    }

    private static Checkpoint fresh(
            ReconcileRequest request, String command, PartitionReader receipts, LogId log, Instant now) {
        // A receipt's record is written after the event was accepted: none of the period stands before this.
        Map<Integer, Long> begins =
                byPartition(receipts.offsetsAt(request.period().from()));
        Map<Integer, Long> ends = byPartition(receipts.ends());
        begins.replaceAll((partition, offset) -> Math.min(offset, ends.getOrDefault(partition, offset)));
        return new Checkpoint(
                job(now),
                command,
                request.period().from(),
                request.period().to(),
                new Checkpoint.Progress(begins, begins, ends, log),
                0,
                new Tally().json());
    }

    static String job(Instant now) {
        return "reconcile-" + now.toString().replaceAll("[^0-9T]", "").substring(0, 15) + "-"
                + UUID.randomUUID().toString().substring(0, 8);
    }

    private static List<String> notes(Checkpoint checkpoint, Settings settings, PartitionReader receipts) {
        List<String> notes = new ArrayList<>();
        Map<Integer, Long> first = byPartition(receipts.beginnings());
        boolean cut = first.entrySet().stream()
                .anyMatch(each -> each.getValue() > 0
                        && each.getValue() >= checkpoint.progress().next().getOrDefault(each.getKey(), 0L));
        if (cut) {
            notes.add("the oldest receipts have expired in "
                    + settings.topics().names().receipts()
                    + ": events of the beginning of the period may be missing here");
        }
        return notes;
    }

    private static Map<Integer, Long> byPartition(Map<TopicPartition, Long> offsets) {
        Map<Integer, Long> byPartition = new TreeMap<>();
        offsets.forEach((partition, offset) -> byPartition.put(partition.partition(), offset));
        return byPartition;
    }
}
