package io.usageflow.producer.internal.spool;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.producer.SpoolStatus;
import io.usageflow.producer.internal.spool.drain.SpoolSender;
import io.usageflow.producer.internal.spool.segment.Disk;
import io.usageflow.producer.internal.spool.segment.Segments.DiskBudget;
import io.usageflow.producer.internal.spool.segment.Segments.LogConfig;
import io.usageflow.schema.file.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
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
                    "event=spool_closed_not_empty events={} directory={} effect=\"they are durable on"
                            + " this disk, and go to" + " Kafka when a publisher opens the directory again\"",
                    left.events(),
                    directory);
        }
        if (!ended) {
            LOG.warn(
                    "event=spool_still_locked directory={} until=\"this process ends\" why=\"its disk"
                            + " or the schema registry" + " does not answer\"",
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

    /**
     * Gives one publisher of one process a directory. The operating system releases the lock of a process that dies.
     */
    private static final class SpoolLock implements AutoCloseable {
        private static final String KEY = "spool.dir";
        private static final String FILE = "lock";

        /**
         * In the system properties, which all class loaders share: two applications in one JVM may each load this
         * class.
         */
        private static final String OWNED = "io.usageflow.producer.spool.owned:";

        private final Path directory;
        private final FileChannel channel;

        private SpoolLock(Path directory, FileChannel channel) {
            this.directory = directory;
            this.channel = channel;
        }

        /**
         * Opens and locks the folder.
         *
         * @throws ConfigException naming spool.dir: in use, not a directory, not writable
         */
        static SpoolLock acquire(Path wanted) {
            Path directory = directory(wanted);
            // Before the file is opened: under POSIX, closing any handle releases the whole process's lock.
            if (System.getProperties().putIfAbsent(OWNED + directory, "this process") != null) {
                throw taken(directory, "another publisher of this process", null);
            }
            try {
                return locked(directory);
            } catch (RuntimeException e) {
                System.getProperties().remove(OWNED + directory);
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            try (channel) {
                channel.truncate(0);
            } finally {
                System.getProperties().remove(OWNED + directory);
            }
        }

        private static Path directory(Path wanted) {
            try {
                return PrivateFiles.createDirectories(wanted).toRealPath();
            } catch (FileAlreadyExistsException e) {
                throw refused(KEY + " is " + wanted + ", which is a file. Use a directory", e);
            } catch (IOException e) {
                throw refused(
                        KEY + " is " + wanted + ", which cannot be created or reached (" + e
                                + "). Use a directory that this process may write to",
                        e);
            }
        }

        private static SpoolLock locked(Path directory) {
            Path file = directory.resolve(FILE);
            FileChannel channel;
            try {
                channel = PrivateFiles.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw refused(
                        KEY + " is " + directory + ", where this process cannot write (" + e
                                + "). Give its user write access, or use another directory",
                        e);
            }
            try {
                FileLock lock = channel.tryLock();
                if (lock == null) {
                    throw taken(directory, "process " + Files.readString(file), null);
                }
                channel.truncate(0);
                channel.write(
                        ByteBuffer.wrap(
                                Long.toString(ProcessHandle.current().pid()).getBytes(UTF_8)),
                        0);
                return new SpoolLock(directory, channel);
            } catch (IOException | RuntimeException e) {
                try {
                    channel.close();
                } catch (IOException suppressed) {
                    e.addSuppressed(suppressed);
                }
                throw e instanceof ConfigException known
                        ? known
                        : refused(
                                KEY + " is " + directory + ", whose lock file cannot be locked (" + e
                                        + "). Use a local file system",
                                e);
            }
        }

        private static ConfigException taken(Path directory, String by, @Nullable Exception cause) {
            return refused(
                    KEY + " is " + directory + ", which " + by
                            + " uses. Give each publisher its own directory, the same after" + " each restart",
                    cause);
        }

        private static ConfigException refused(String message, @Nullable Exception cause) {
            ConfigException refused = new ConfigException(message);
            if (cause != null) {
                refused.initCause(cause);
            }
            return refused;
        }
    }
}
