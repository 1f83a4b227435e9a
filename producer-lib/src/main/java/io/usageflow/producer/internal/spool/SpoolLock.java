package io.usageflow.producer.internal.spool;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.file.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Gives one publisher of one process a directory. The operating system releases the lock of a process that dies. */
final class SpoolLock implements AutoCloseable {
    private static final String KEY = "spool.dir";
    private static final String FILE = "lock";

    /** In the system properties, which all class loaders share: two applications in one JVM may each load this class. */
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
        // Before the file is opened: under POSIX, closing any handle of it releases the whole process's lock.
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
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(UTF_8)), 0);
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
