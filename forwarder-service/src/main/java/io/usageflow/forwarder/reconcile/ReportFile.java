package io.usageflow.forwarder.reconcile;

import io.usageflow.schema.file.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The file with the findings. They are appended and forced to disk in steps; a resumed run cuts off what was written
 * after the last checkpoint. Locked against a second run. Not thread-safe; close it.
 */
final class ReportFile implements AutoCloseable {
    private final FileChannel channel;
    private final ReportFormat format;

    private ReportFile(FileChannel channel, ReportFormat format) {
        this.channel = channel;
        this.format = format;
    }

    /**
     * Opens and locks the file, and changes nothing.
     *
     * @throws IllegalArgumentException if another run has locked the file
     */
    static ReportFile open(Path path) {
        ReportFormat format = ReportFormat.of(path);
        try {
            FileChannel channel = PrivateFiles.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock(channel, path);
            return new ReportFile(channel, format);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /** @param length of the content to keep; 0 starts an empty report */
    void begin(long length) {
        try {
            channel.truncate(length);
            channel.position(length);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        if (length == 0) {
            write(format.heading());
        }
    }

    private static void lock(FileChannel channel, Path path) throws IOException {
        try {
            if (channel.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException ours) {
            // Locked by this process: the same result.
        }
        channel.close();
        throw new IllegalArgumentException(
                path + " is being written by another run: wait until it ends, or name another report");
    }

    /** Appends and forces to disk; returns the file's length. */
    long append(List<ReconcileFinding> findings) {
        findings.forEach(finding -> write(format.text(finding)));
        try {
            channel.force(true);
            return channel.position();
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private void write(String text) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }
}
