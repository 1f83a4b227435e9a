package io.usageflow.forwarder.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.file.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Copies the bad lines of an input, with its header, to a file where they can be corrected and published as another
 * input. Close it. Not thread-safe.
 */
public final class BadLines implements AutoCloseable {
    private final FileChannel channel;

    private BadLines(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Creates the file.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the file exists: it may have been corrected by hand
     */
    public static BadLines begin(Path file) throws IOException {
        return new BadLines(PrivateFiles.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /**
     * Continues a file after the part that belongs to the position. Lines after it are written again, once.
     *
     * @throws IOException also if the file is shorter than the position says
     */
    public static BadLines resume(Path file, Position position) throws IOException {
        FileChannel channel = PrivateFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.size() < position.badBytes()) {
            channel.close();
            throw new IOException(file + " is shorter than when the backfill was stopped: put it back, or name another"
                    + " file for --bad-lines and remove the position's file to start again");
        }
        channel.truncate(position.badBytes());
        channel.position(position.badBytes());
        return new BadLines(channel);
    }

    void add(Optional<String> header, String text) throws IOException {
        if (!text.isEmpty()) {
            if (channel.position() == 0 && header.isPresent()) {
                write(header.get());
            }
            write(text);
        }
    }

    private void write(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    long bytes() throws IOException {
        return channel.position();
    }

    void force() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
