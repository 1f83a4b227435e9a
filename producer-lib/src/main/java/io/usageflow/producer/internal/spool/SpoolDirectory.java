package io.usageflow.producer.internal.spool;

import io.usageflow.producer.SpoolStatus;
import io.usageflow.producer.internal.spool.drain.SpoolSender;
import io.usageflow.producer.internal.spool.segment.Disk;
import io.usageflow.producer.internal.spool.segment.DiskBudget;
import io.usageflow.producer.internal.spool.segment.LogConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The spool of one publisher: a directory of its own, with one log per topic. Thread-safe. */
public final class SpoolDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectory.class);

    /** Space is freed by whole segments: even the smallest spool has several. */
    private static final int SEGMENTS_MIN = 8;

    private static final long SEGMENT_BYTES_MAX = 16L << 20;

    private final Path directory;
    private final SpoolLog.Limits limits;
    private final SpoolLock lock;
    private final DiskBudget budget;
    private final List<SpoolLog> logs = new CopyOnWriteArrayList<>();

    private SpoolDirectory(Path directory, long bytesMax, SpoolLog.Limits limits, SpoolLock lock) {
        this.directory = directory;
        this.limits = limits;
        this.lock = lock;
        this.budget = new DiskBudget(bytesMax);
    }

    /**
     * Opens and locks the folder.
     *
     * @throws ConfigException naming spool.dir: in use, not a directory, not writable
     */
    public static SpoolDirectory open(Path directory, long bytesMax, SpoolLog.Limits limits) {
        return new SpoolDirectory(directory, bytesMax, limits, SpoolLock.acquire(directory));
    }

    /** Whether an earlier process left a log of this name. */
    public boolean has(String name) {
        return Files.isDirectory(directory.resolve(name));
    }

    /**
     * Opens a log once, and starts to drain it.
     *
     * @param schema Avro, as JSON, of values without the registry's id
     * @throws ConfigException if it cannot be opened
     */
    public SpoolLog log(String name, String topic, String schema, SpoolSender sender) {
        LogConfig config = new LogConfig(
                directory.resolve(name), topic, schema, Math.min(SEGMENT_BYTES_MAX, budget.bytesMax() / SEGMENTS_MIN));
        try {
            SpoolLog log = SpoolLog.open(config, budget, limits, sender, Disk.REAL, Clock.systemUTC());
            logs.add(log);
            // The log's directory must survive a crash like its segments.
            Disk.REAL.forceDirectory(directory);
            return log;
        } catch (IOException e) {
            ConfigException refused = new ConfigException("spool.dir: " + config.directory() + " cannot be used (" + e
                    + "). Repair it, or use another directory");
            refused.initCause(e);
            throw refused;
        }
    }

    /** A snapshot: the numbers are read one after the other. */
    public SpoolStatus status() {
        return new SpoolStatus(
                directory,
                sum(SpoolLog::events),
                budget.used(),
                budget.bytesMax(),
                logs.stream()
                        .flatMap(log -> log.oldestAtMs().stream())
                        .min(Long::compare)
                        .map(Instant::ofEpochMilli),
                sum(SpoolLog::refused),
                sum(SpoolLog::filesAside),
                sum(SpoolLog::gaps),
                logs.stream().flatMap(log -> log.hindrance().stream()).findFirst());
    }

    /** From now on every record is refused. */
    public void stopAccepting() {
        logs.forEach(SpoolLog::stopAccepting);
    }

    /** After {@link #stopAccepting}: writes the accepted records, drains until the deadline, and ends. */
    public void close(long deadlineNanos) {
        boolean ended = true;
        for (SpoolLog log : logs) {
            ended &= log.close(deadlineNanos);
        }
        SpoolStatus left = status();
        if (left.events() > 0) {
            LOG.warn(
                    "event=spool_closed_not_empty events={} directory={} effect=\"they are durable on this disk, and go to"
                            + " Kafka when a publisher opens the directory again\"",
                    left.events(),
                    directory);
        }
        if (!ended) {
            LOG.warn(
                    "event=spool_still_locked directory={} until=\"this process ends\" why=\"its disk or the schema registry"
                            + " does not answer\"",
                    directory);
            return;
        }
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("event=spool_unlock_failed directory={} until=\"this process ends\"", directory, e);
        }
    }

    private long sum(ToLongFunction<SpoolLog> of) {
        return logs.stream().mapToLong(of).sum();
    }
}
