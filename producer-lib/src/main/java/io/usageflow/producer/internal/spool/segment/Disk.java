package io.usageflow.producer.internal.spool.segment;

import io.usageflow.schema.file.PrivateFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The file system operations of a log's writer, so that a test can make each of them fail. */
public interface Disk {
    Disk REAL = new Disk() {
        @Override
        public Output create(Path path) throws IOException {
            FileChannel channel = PrivateFiles.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return new Output() {
                @Override
                public void write(ByteBuffer bytes) throws IOException {
                    while (bytes.hasRemaining()) {
                        channel.write(bytes);
                    }
                }

                @Override
                public void force() throws IOException {
                    // Forces the file's size too: the written bytes cannot be read without it.
                    channel.force(false);
                }

                @Override
                public void truncate(long size) throws IOException {
                    channel.truncate(size);
                }

                @Override
                public void close() throws IOException {
                    channel.close();
                }
            };
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    };

    /** A file that is written from its start. */
    interface Output extends Closeable {
        /** Writes all bytes. */
        void write(ByteBuffer bytes) throws IOException;

        /** Returns when all written bytes survive a power failure. */
        void force() throws IOException;

        void truncate(long size) throws IOException;
    }

    /** Creates a new file. */
    Output create(Path path) throws IOException;

    /** Returns when the file names in the directory survive a power failure. */
    void forceDirectory(Path directory) throws IOException;
}
