package io.usageflow.producer.spool;

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

/** That one publisher, of one process, owns a directory. The operating system takes it from a process that dies. */
final class SpoolLock implements AutoCloseable {
    private static final String KEY = "spool.dir";
    private static final String FILE = "lock";

    /** The one map that all class loaders of a JVM share: two applications in one server may each have this class. */
    private static final String OWNED = "io.usageflow.producer.spool.owned:";

    private final Path directory;
    private final FileChannel channel;

    private SpoolLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** @throws ConfigException naming spool.dir: in use, no directory, not writable */
    static SpoolLock acquire(Path wanted) {
        Path directory = directory(wanted);
        // Before the file is touched: whoever closes it, under POSIX, loses this process's lock on it.
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
            throw refused(KEY + " names " + wanted + ", which is a file: name a directory", e);
        } catch (IOException e) {
            throw refused(
                    KEY + " names " + wanted + ", which cannot be made or reached (" + e
                            + "): name a directory that this process may write to",
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
                    KEY + " names " + directory + ", where this process cannot write (" + e
                            + "): give its user the right to, or name another directory",
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
                            KEY + " names " + directory + ", whose file lock cannot be locked (" + e
                                    + "): use a local file system",
                            e);
        }
    }

    private static ConfigException taken(Path directory, String by, @Nullable Exception cause) {
        return refused(
                KEY + " names " + directory + ", which " + by + " uses: give each publisher a directory of its own, one"
                        + " that it finds again after a restart",
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
