package io.usageflow.producer.spool;

import io.usageflow.schema.file.PrivateFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How far Kafka has acknowledged a log: a small file of two places, written in turn, so that a torn write leaves the other
 * one. Not forced to disk while it goes: what it has forgotten after a crash is sent again, and admission knows the ids.
 * Not thread-safe.
 */
final class Progress implements Closeable {
    private static final String FILE = "progress";
    private static final int PLACE_BYTES = 64;
    private static final int USED_BYTES = 4 * Long.BYTES;

    private final FileChannel channel;
    private final Optional<Mark> found;
    private long turn;

    /**
     * @param segment its number
     * @param identity of the segment, so that the offset is never taken for one in another file
     * @param offset before which all is acknowledged
     */
    record Mark(long segment, long identity, long offset) {}

    Progress(Path directory) throws IOException {
        channel = PrivateFiles.open(
                directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Optional<Mark> newest = Optional.empty();
        for (int place = 0; place < 2; place++) {
            ByteBuffer in = ByteBuffer.allocate(PLACE_BYTES);
            int read = channel.read(in, (long) place * PLACE_BYTES);
            in.flip();
            if (read >= USED_BYTES + Integer.BYTES && in.getInt(USED_BYTES) == checksum(in) && in.getLong(0) > turn) {
                turn = in.getLong(0);
                newest = Optional.of(new Mark(in.getLong(8), in.getLong(16), in.getLong(24)));
            }
        }
        found = newest;
    }

    /** What stood there on opening. */
    Optional<Mark> found() {
        return found;
    }

    void save(Mark mark) throws IOException {
        turn++;
        ByteBuffer out = ByteBuffer.allocate(PLACE_BYTES);
        out.putLong(turn).putLong(mark.segment).putLong(mark.identity).putLong(mark.offset);
        out.putInt(checksum(out));
        out.clear();
        channel.write(out, turn % 2 * PLACE_BYTES);
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            channel.force(false);
        }
    }

    private static int checksum(ByteBuffer place) {
        CRC32C crc = new CRC32C();
        crc.update(place.array(), 0, USED_BYTES);
        return (int) crc.getValue();
    }
}
