package io.usageflow.producer.spool;

import io.usageflow.schema.file.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** One topic's log, being written and drained. Thread-safe. */
public final class SpoolLog {
    /** What a disk may take longer than the caller would wait: what it has begun is then known to be durable, or not. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Segments segments;
    private final GroupCommit commit;
    private final Drainer drainer;
    private final DrainStanding standing;
    private final AtomicLong kept;

    private SpoolLog(
            Segments segments, LogReader reader, DrainStanding standing, Carrier carrier, Limits limits, long found) {
        this.segments = segments;
        this.standing = standing;
        this.kept = new AtomicLong(found);
        String name = "usageflow-spool-" + segments.facts().directory().getFileName();
        this.drainer = new Drainer(name + "-drain", segments, reader, carrier, standing, this::roomMade);
        this.commit = new GroupCommit(
                name,
                new LogWriter(segments),
                segments,
                new GroupCommit.Bounds(limits.memoryBytesMax, limits.blockMsMax),
                this::durable);
        drainer.start();
    }

    /**
     * @param memoryBytesMax of what waits for the disk
     * @param blockMsMax how long a caller may wait for room
     * @param alertAge of the oldest record, after which the log says so
     */
    public record Limits(long memoryBytesMax, long blockMsMax, Duration alertAge) {}

    /** Reads what is there, and begins to drain it. */
    static SpoolLog open(LogFacts facts, Budget budget, Limits limits, Carrier carrier, Disk disk, Clock clock)
            throws IOException {
        Path directory = facts.directory();
        PrivateFiles.createDirectories(directory);
        // An earlier release left it open to all, and the segments in it.
        PrivateFiles.narrow(directory);
        Segments segments = new Segments(facts, disk, budget);
        Progress progress = new Progress(directory);
        try {
            LogOpening.Found found = LogOpening.open(segments, progress.found());
            DrainStanding standing =
                    new DrainStanding(facts.topic(), progress, limits.alertAge(), found.oldestAtMs(), clock);
            LogReader reader = new LogReader(segments, progress.found());
            return new SpoolLog(segments, reader, standing, carrier, limits, found.records());
        } catch (IOException | RuntimeException e) {
            progress.close();
            throw e;
        }
    }

    /** Keeps a record; answers through it, at once or when it is durable. */
    public void offer(RecordKind kind, Spooled what, byte[] value) {
        commit.offer(kind, what, value);
    }

    /** From now on nothing is accepted. */
    public void refuseNew() {
        commit.refuseNew();
    }

    /**
     * After {@link #refuseNew}: waits until all is on disk, then until Kafka has it, both until the deadline at most, and
     * ends.
     *
     * @return whether all its threads have ended; until then nobody else may have the directory
     */
    boolean close(long deadlineNanos) {
        boolean written = commit.awaitEnd(Math.max(deadlineNanos, System.nanoTime() + GRACE_NANOS));
        while (written
                && events() > 0
                && System.nanoTime() < deadlineNanos
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
        return drainer.stop(deadlineNanos) && written;
    }

    /** Durable here, and not acknowledged by Kafka. */
    public long events() {
        return Math.max(0, kept.get() - standing.settled());
    }

    long refused() {
        return commit.refused();
    }

    long filesAside() {
        return segments.filesAside();
    }

    long gaps() {
        return segments.gaps();
    }

    Optional<Long> oldestAtMs() {
        return standing.oldestAtMs();
    }

    Optional<String> hindrance() {
        return standing.hindrance();
    }

    private void durable(int count) {
        kept.addAndGet(count);
        drainer.call();
    }

    private void roomMade() {
        commit.roomMade();
    }
}
