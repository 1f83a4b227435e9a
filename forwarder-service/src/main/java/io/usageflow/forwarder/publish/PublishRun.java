package io.usageflow.forwarder.publish;

import io.usageflow.forwarder.publish.CompletedPrefix.State;
import io.usageflow.forwarder.publish.LineStatistics.LineCounters;
import io.usageflow.forwarder.publish.Position.Passed;
import io.usageflow.forwarder.publish.line.LineCheck;
import io.usageflow.forwarder.publish.line.LineSource;
import io.usageflow.forwarder.publish.line.LineSource.ParsedLine;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.UsagePublisher;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Publishes all events of a source and waits until each is durable or known not to be. At most {@value
 * CompletedPrefix#ENTRIES_MAX} events are in flight, so memory is bounded. For one run.
 *
 * <p>With a position's file the run can be stopped or killed at any point and resumed. Events that were sent but are
 * not yet in the position are sent again under the same ids, which admission recognises. Such a run ends at the first
 * event that is not known to be durable, because all later events would be sent again anyway.
 */
public final class PublishRun {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 200;
    private static final long SAVE_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final Optional<UsagePublisher> publisher;
    private final Reports reports;
    private final Terms terms;
    private final LineCheck check = new LineCheck();
    private final CompletedPrefix prefix = new CompletedPrefix();
    private final AtomicLong durable = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final LineCounters statistics = new LineCounters();
    private long bad;
    private long skipped;
    private Position position = Position.START;
    private long savedAt = System.nanoTime();

    /**
     * Makes a run.
     *
     * @param publisher empty for a dry run, which checks every line and sends nothing
     */
    public PublishRun(Optional<UsagePublisher> publisher, Reports reports, Terms terms) {
        this.publisher = publisher;
        this.reports = reports;
        this.terms = terms;
    }

    /** Follows a run. Called by any thread, one at a time. */
    public interface Reports {
        /**
         * Reports a line whose event is not known to be durable.
         *
         * @param problem with the line, or the reason why its event is not known to be durable
         */
        void problem(long line, String problem);

        /**
         * Reports a note about a line that was published.
         *
         * @param note such as that the line repeats another one, or has a time that admission refuses
         */
        default void note(long line, String note) {}

        /** Called about once a second, and once at the end. */
        default void progress(Counts counts, long line) {}
    }

    /**
     * The terms of a run.
     *
     * @param position where to resume from, and where to save the progress
     * @param badLines takes the bad lines as they are in the input
     * @param stop whether to end early
     * @param window in which an event must have happened so that admission accepts it; any time if empty
     */
    public record Terms(
            Optional<PositionFile> position,
            Optional<BadLines> badLines,
            Pace pace,
            BooleanSupplier stop,
            Optional<TimeWindow> window) {
        /** With events of any time. */
        public Terms(Optional<PositionFile> position, Optional<BadLines> badLines, Pace pace, BooleanSupplier stop) {
            this(position, badLines, pace, stop, Optional.empty());
        }

        public static Terms plain() {
            return new Terms(Optional.empty(), Optional.empty(), Pace.unbounded(), () -> false);
        }
    }

    /**
     * The counts of a run.
     *
     * @param durable events that all in-sync replicas have
     * @param bad lines that are no events and were not sent
     * @param failed events that are not known to be durable; sending them again with the same ids is safe
     * @param skipped lines that an earlier run settled
     * @param ended whether the input was read to its end
     * @param statistics of the good lines
     */
    public record Counts(long durable, long bad, long failed, long skipped, boolean ended, LineStatistics statistics) {
        /** Without statistics of the good lines. */
        public Counts(long durable, long bad, long failed, long skipped, boolean ended) {
            this(durable, bad, failed, skipped, ended, LineStatistics.NOTHING);
        }

        public boolean complete() {
            return bad == 0 && failed == 0 && ended;
        }
    }

    /**
     * Publishes the events of an input.
     *
     * @throws IOException if the input fails; events read before it are published
     * @throws IllegalArgumentException if the input does not begin with what was published up to the position, or the
     *     position belongs to another backfill; nothing is published then
     */
    public Counts of(LineSource source) throws IOException, InterruptedException {
        try (check) {
            return run(source);
        }
    }

    private Counts run(LineSource source) throws IOException, InterruptedException {
        Passed passed = skip(source);
        boolean ended = false;
        try {
            while (!terms.stop.getAsBoolean() && !(terms.position.isPresent() && prefix.isStuck())) {
                Optional<ParsedLine> next = source.next();
                if (next.isEmpty()) {
                    ended = true;
                    break;
                }
                passed = passed.then(next.get());
                CompletedPrefix.Entry entry =
                        begin(next.get(), passed, source.header()).orElse(null);
                if (entry == null) {
                    break;
                }
                next.get().match(event -> take(entry, event), wrong -> refuse(entry, wrong.problem()));
                tick(source.header(), false);
            }
        } finally {
            awaitAll();
            tick(source.header(), true);
        }
        return counts(ended);
    }

    private Counts counts(boolean ended) {
        return new Counts(durable.get(), bad, failed.get(), skipped, ended, statistics.now());
    }

    /** Skips what an earlier run settled. It is read because derived ids depend on earlier lines. */
    private Passed skip(LineSource source) throws IOException {
        if (terms.position.isPresent()) {
            position = terms.position.get().load();
        }
        Passed passed = Passed.NOTHING;
        for (; skipped < position.entries(); skipped++) {
            Optional<ParsedLine> line = source.next();
            if (line.isEmpty()) {
                throw changed("it ends before line " + position.line() + ", up to which it was published");
            }
            passed = passed.then(line.get());
            // Ids before the position count as used.
            line.get().match(check::of, bad -> bad);
        }
        if (passed.digest() != position.digest()) {
            throw changed("what stands up to line " + position.line() + " is not what was published");
        }
        return passed;
    }

    private static IllegalArgumentException changed(String how) {
        return new IllegalArgumentException("the input has changed since the position was noted: " + how
                + "; name the same input, or remove the position's file to begin again, which bills nothing twice that"
                + " has the same id");
    }

    /** Waits for room, and takes out settled entries meanwhile. Empty if the run is to stop. */
    private Optional<CompletedPrefix.Entry> begin(ParsedLine line, Passed passed, Optional<String> header)
            throws IOException, InterruptedException {
        Optional<CompletedPrefix.Entry> entry;
        do {
            pass(header);
            entry = prefix.begin(line, passed, LOOK_MILLIS);
        } while (entry.isEmpty() && !terms.stop.getAsBoolean());
        return entry;
    }

    private boolean take(CompletedPrefix.Entry entry, ParsedLine.Event line) {
        return check.of(line)
                .match(
                        () -> publish(entry, line),
                        before -> {
                            statistics.repeated();
                            note(line.number(), "repeats line " + before + ", and is not sent again");
                            prefix.settle(entry, State.REPEATED);
                            return false;
                        },
                        problem -> refuse(entry, problem));
    }

    private boolean publish(CompletedPrefix.Entry entry, ParsedLine.Event line) {
        statistics.rounded(line.rounded());
        terms.window
                .flatMap(window -> window.fault(line.event()))
                .filter(statistics::untimely)
                .ifPresent(fault -> note(line.number(), fault.text()));
        terms.pace.awaitNext();
        try {
            CompletableFuture<?> sent = publisher.isPresent()
                    ? publisher.get().publish(line.event())
                    : CompletableFuture.completedFuture(line.event());
            var unused = sent.whenComplete((receipt, failure) -> {
                if (failure == null) {
                    durable.incrementAndGet();
                    prefix.settle(entry, State.DURABLE);
                    return;
                }
                failed.incrementAndGet();
                report(line.number(), failure);
                prefix.settle(entry, State.FAILED);
            });
            return true;
        } catch (InvalidUsageEventException invalid) {
            return refuse(entry, String.valueOf(invalid.getMessage()));
        }
    }

    private boolean refuse(CompletedPrefix.Entry entry, String problem) {
        bad++;
        report(entry.line.number(), problem);
        prefix.settle(entry, State.BAD);
        return false;
    }

    private void report(long line, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        report(line, String.valueOf(cause.getMessage()));
    }

    private synchronized void report(long line, String problem) {
        reports.problem(line, problem);
    }

    private synchronized void note(long line, String note) {
        reports.note(line, note);
    }

    private void pass(Optional<String> header) throws IOException {
        for (CompletedPrefix.Entry entry : prefix.advance()) {
            switch (entry.state()) {
                case BAD -> {
                    keep(entry, header);
                    position = position.afterBad(
                            entry.passed,
                            terms.badLines.isPresent() ? terms.badLines.get().bytes() : 0);
                }
                case DURABLE -> position = position.afterDurable(entry.passed);
                case REPEATED -> position = position.afterRepeated(entry.passed);
                case OPEN, FAILED -> throw new IllegalStateException("passed while " + entry.state());
            }
        }
        for (CompletedPrefix.Entry entry : prefix.takeStranded()) {
            // With a position they are read again when the run is resumed.
            if (entry.state() == State.BAD && terms.position.isEmpty()) {
                keep(entry, header);
            }
        }
    }

    private void keep(CompletedPrefix.Entry entry, Optional<String> header) throws IOException {
        if (terms.badLines.isPresent()) {
            terms.badLines.get().add(header, entry.line.text());
        }
    }

    private void tick(Optional<String> header, boolean last) throws IOException {
        if (!last && System.nanoTime() - savedAt < SAVE_INTERVAL_NANOS) {
            return;
        }
        savedAt = System.nanoTime();
        pass(header);
        if (terms.badLines.isPresent()) {
            terms.badLines.get().force();
        }
        if (terms.position.isPresent()) {
            terms.position.get().save(position);
        }
        synchronized (this) {
            reports.progress(counts(false), position.line());
        }
    }

    /** The publisher fails events that are not acknowledged in time, so all entries settle in the end. */
    private void awaitAll() throws InterruptedException {
        do {
            publisher.ifPresent(open -> open.flush(GRACE));
        } while (!prefix.awaitIdle(GRACE.toMillis()));
    }
}
