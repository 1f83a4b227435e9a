package io.usageflow.producer.spool;

import io.usageflow.producer.SpoolStatus;
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

/** The spool of one publisher: a directory that nobody else uses, with a log for each topic. Thread-safe. */
public final class SpoolDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectory.class);

    /** So that room comes back in small steps, and even the smallest spool has several. */
    private static final int SEGMENTS_MIN = 8;

    private static final long SEGMENT_BYTES_MAX = 16L << 20;

    private final Path directory;
    private final SpoolLog.Limits limits;
    private final SpoolLock lock;
    private final Budget budget;
    private final List<SpoolLog> logs = new CopyOnWriteArrayList<>();

    private SpoolDirectory(Path directory, long bytesMax, SpoolLog.Limits limits, SpoolLock lock) {
        this.directory = directory;
        this.limits = limits;
        this.lock = lock;
        this.budget = new Budget(bytesMax);
    }

    /** @throws ConfigException naming spool.dir: in use, no directory, not writable */
    public static SpoolDirectory open(Path directory, long bytesMax, SpoolLog.Limits limits) {
        return new SpoolDirectory(directory, bytesMax, limits, SpoolLock.acquire(directory));
    }

    /** Whether an earlier process left a log of this name. */
    public boolean has(String name) {
        return Files.isDirectory(directory.resolve(name));
    }

    /**
     * Opens a log; what it holds is drained from now on. Not twice.
     *
     * @param schema Avro, as JSON, of values without the registry's id
     * @throws ConfigException where it cannot be opened
     */
    public SpoolLog log(String name, String topic, String schema, Carrier carrier) {
        LogFacts facts = new LogFacts(
                directory.resolve(name), topic, schema, Math.min(SEGMENT_BYTES_MAX, budget.bytesMax() / SEGMENTS_MIN));
        try {
            SpoolLog log = SpoolLog.open(facts, budget, limits, carrier, Disk.REAL, Clock.systemUTC());
            logs.add(log);
            // The name of a log's directory must survive a crash as its segments do.
            Disk.REAL.forceDirectory(directory);
            return log;
        } catch (IOException e) {
            ConfigException refused = new ConfigException("spool.dir: " + facts.directory() + " cannot be used (" + e
                    + "): mend it, or name another directory");
            refused.initCause(e);
            throw refused;
        }
    }

    /** A moment's view. */
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

    /** From now on nothing is accepted. */
    public void refuseNew() {
        logs.forEach(SpoolLog::refuseNew);
    }

    /** After {@link #refuseNew}: writes what was accepted, drains what it can until the deadline, and ends. */
    public void close(long deadlineNanos) {
        boolean ended = true;
        for (SpoolLog log : logs) {
            ended &= log.close(deadlineNanos);
        }
        SpoolStatus left = status();
        if (left.events() > 0) {
            LOG.warn(
                    "closed with {} events in the spool, which are durable on this disk: they go to Kafka when a publisher"
                            + " opens {} again",
                    left.events(),
                    directory);
        }
        if (!ended) {
            LOG.warn(
                    "{} stays locked until this process ends: its disk or the schema registry does not answer",
                    directory);
            return;
        }
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("the spool's lock could not be released; it is when this process ends", e);
        }
    }

    private long sum(ToLongFunction<SpoolLog> of) {
        return logs.stream().mapToLong(of).sum();
    }
}
