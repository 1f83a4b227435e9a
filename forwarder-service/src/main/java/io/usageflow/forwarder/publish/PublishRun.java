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
 * CompletedPrefix#ENTRIES_MAX} are on their way at once, so that memory stays bounded however long the input is. For one run.
 *
 * <p>With a position's file the run can be stopped or killed at any point and goes on where it was. What was sent and not
 * yet in the position is sent again, under the same ids, which admission recognises. Such a run ends at the first event
 * that is not known to be durable, since all after it would be sent again anyway.
 */
public final class PublishRun {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 200;
    private static final long SAVE_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final Optional<UsagePublisher> publisher;
    private final Reports reports;
    private final Terms terms;
    private final LineCheck check = new LineCheck();
    private final CompletedPrefix front = new CompletedPrefix();
    private final AtomicLong durable = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final LineCounters statistics = new LineCounters();
    private long bad;
    private long skipped;
    private Position position = Position.START;
    private long savedAt = System.nanoTime();

    /** @param publisher empty for a dry run, which checks every line and sends nothing */
    public PublishRun(Optional<UsagePublisher> publisher, Reports reports, Terms terms) {
        this.publisher = publisher;
        this.reports = reports;
        this.terms = terms;
    }

    /** Hears of what happens. Called by any thread, one at a time. */
    public interface Reports {
        /**
         * Reports a line whose event is not known to be durable.
         *
         * @param problem what is wrong with the line, or why its event is not known to be durable
         */
        void problem(long line, String problem);

        /**
         * Reports a note about a line that was published.
         *
         * @param note what is worth knowing of a good line: that it repeats another one, or comes at the wrong time
         */
        default void note(long line, String note) {}

        /** About once a second, and once at the end. */
        default void progress(Counts counts, long line) {}
    }

    /**
     * The terms of a run.
     *
     * @param position where to go on, and where to note how far it came
     * @param badLines takes the bad lines as they stand
     * @param stop whether to end early
     * @param window when an event must have happened so that admission takes it; any time where it is empty
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
     * @param bad lines that are no events; nothing was sent of them
     * @param failed events that are not known to be durable; sending them again with the same ids is safe
     * @param skipped lines that an earlier run was done with
     * @param ended whether the input was read to its end
     * @param statistics what else there is to say
     */
    public record Counts(long durable, long bad, long failed, long skipped, boolean ended, LineStatistics statistics) {
        /** With nothing else to say. */
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
     * @throws IOException if the input fails; what was read before it has been published
     * @throws IllegalArgumentException if the input does not begin with what the position says was published, or the
     *     position belongs to another backfill; nothing was published then
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
            while (!terms.stop.getAsBoolean() && !(terms.position.isPresent() && front.isStuck())) {
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

    /** Reads over what an earlier run was done with. Ids that are derived from what stands before need it, too. */
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
            // Ids that were used before the position are used.
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

    /** Waits for room; while it does, what settles must still pass. Empty where the run is to stop meanwhile. */
    private Optional<CompletedPrefix.Entry> begin(ParsedLine line, Passed passed, Optional<String> header)
            throws IOException, InterruptedException {
        Optional<CompletedPrefix.Entry> entry;
        do {
            pass(header);
            entry = front.begin(line, passed, LOOK_MILLIS);
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
                            front.settle(entry, State.REPEATED);
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
                    front.settle(entry, State.DURABLE);
                    return;
                }
                failed.incrementAndGet();
                report(line.number(), failure);
                front.settle(entry, State.FAILED);
            });
            return true;
        } catch (InvalidUsageEventException invalid) {
            return refuse(entry, String.valueOf(invalid.getMessage()));
        }
    }

    private boolean refuse(CompletedPrefix.Entry entry, String problem) {
        bad++;
        report(entry.line().number(), problem);
        front.settle(entry, State.BAD);
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
        for (CompletedPrefix.Entry entry : front.advance()) {
            switch (entry.state()) {
                case BAD -> {
                    keep(entry, header);
                    position = position.afterBad(
                            entry.passed(),
                            terms.badLines.isPresent() ? terms.badLines.get().bytes() : 0);
                }
                case DURABLE -> position = position.afterDurable(entry.passed());
                case REPEATED -> position = position.afterRepeated(entry.passed());
                case OPEN, FAILED -> throw new IllegalStateException("passed while " + entry.state());
            }
        }
        for (CompletedPrefix.Entry entry : front.takeStranded()) {
            // With a position they come again, in the run that goes on before them.
            if (entry.state() == State.BAD && terms.position.isEmpty()) {
                keep(entry, header);
            }
        }
    }

    private void keep(CompletedPrefix.Entry entry, Optional<String> header) throws IOException {
        if (terms.badLines.isPresent()) {
            terms.badLines.get().add(header, entry.line().text());
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

    /** The publisher fails what is not acknowledged in its own time, so that all settle in the end. */
    private void awaitAll() throws InterruptedException {
        do {
            publisher.ifPresent(open -> open.flush(GRACE));
        } while (!front.awaitIdle(GRACE.toMillis()));
    }
}
