package io.usageflow.producer.internal.spool;

import io.usageflow.producer.internal.spool.drain.DrainStatus;
import io.usageflow.producer.internal.spool.drain.DrainStatus.DrainPosition;
import io.usageflow.producer.internal.spool.drain.LogReader;
import io.usageflow.producer.internal.spool.drain.LogRecovery;
import io.usageflow.producer.internal.spool.drain.SpoolDrainer;
import io.usageflow.producer.internal.spool.drain.SpoolSender;
import io.usageflow.producer.internal.spool.segment.Disk;
import io.usageflow.producer.internal.spool.segment.Segments;
import io.usageflow.producer.internal.spool.segment.Segments.DiskBudget;
import io.usageflow.producer.internal.spool.segment.Segments.LogConfig;
import io.usageflow.producer.internal.spool.segment.SpoolRecord.RecordKind;
import io.usageflow.producer.internal.spool.write.FrameBatch.SpoolEntry;
import io.usageflow.producer.internal.spool.write.GroupCommit;
import io.usageflow.producer.internal.spool.write.LogWriter;
import io.usageflow.schema.file.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** One topic's log: written by {@link GroupCommit}, drained by {@link SpoolDrainer}. Thread-safe. */
public final class SpoolLog {
    /** How much longer than the caller's deadline the disk may take, so that the result of a started write is known. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Segments segments;
    private final GroupCommit commit;
    private final SpoolDrainer drainer;
    private final DrainStatus status;
    private final AtomicLong added;

    private SpoolLog(
            Segments segments, LogReader reader, DrainStatus status, SpoolSender sender, Limits limits, long found) {
        this.segments = segments;
        this.status = status;
        this.added = new AtomicLong(found);
        String name = "usageflow-spool-" + segments.config().directory().getFileName();
        this.drainer = new SpoolDrainer(name + "-drain", segments, reader, sender, status, this::onSpaceFreed);
        this.commit = new GroupCommit(name, new LogWriter(segments), segments, limits.waiting, this::durable);
        drainer.start();
    }

    /**
     * The limits of a log.
     *
     * @param waiting of records that wait for the disk
     * @param alertAge age of the oldest record after which a warning is logged
     */
    public record Limits(GroupCommit.Bounds waiting, Duration alertAge) {}

    /** Reads the existing records, and starts to drain them. */
    static SpoolLog open(LogConfig config, DiskBudget budget, Limits limits, SpoolSender sender, Disk disk, Clock clock)
            throws IOException {
        Path directory = config.directory();
        PrivateFiles.createDirectories(directory);
        // An earlier release made the directory and its segments readable for all users.
        PrivateFiles.narrow(directory);
        Segments segments = new Segments(config, disk, budget);
        DrainPosition position = new DrainPosition(directory);
        try {
            LogRecovery.Found found = LogRecovery.open(segments, position.found());
            DrainStatus status =
                    new DrainStatus(config.topic(), position, limits.alertAge(), found.oldestAtMs(), clock);
            LogReader reader = new LogReader(segments, position.found());
            return new SpoolLog(segments, reader, status, sender, limits, found.records());
        } catch (IOException | RuntimeException e) {
            position.close();
            throw e;
        }
    }

    /** Writes a record. Calls its callback at once, or when it is durable. */
    public void offer(RecordKind kind, SpoolEntry entry, byte[] value) {
        commit.offer(kind, entry, value);
    }

    /** From now on every record is refused. */
    public void stopAccepting() {
        commit.stopAccepting();
    }

    /**
     * After {@link #stopAccepting}: waits until all records are on disk and Kafka has them, at most until the deadline.
     * Then ends.
     *
     * @return whether all its threads have ended; until then the directory stays locked
     */
    boolean close(long deadlineNanos) {
        boolean written = commit.awaitEnd(Math.max(deadlineNanos, System.nanoTime() + GRACE_NANOS));
        while (written
                && events() > 0
                && System.nanoTime() < deadlineNanos
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, POLL_NANOS);
        }
        return drainer.stop(deadlineNanos) && written;
    }

    /** How many records are durable here and not acknowledged by Kafka. */
    public long events() {
        return Math.max(0, added.get() - status.settled());
    }

    public long refused() {
        return commit.refused();
    }

    public long filesAside() {
        return segments.filesAside();
    }

    public long gaps() {
        return segments.gaps();
    }

    public Optional<Long> oldestAtMs() {
        return status.oldestAtMs();
    }

    public Optional<String> hindrance() {
        return status.hindrance();
    }

    private void durable(int count) {
        added.addAndGet(count);
        drainer.wake();
    }

    private void onSpaceFreed() {
        commit.onSpaceFreed();
    }
}
