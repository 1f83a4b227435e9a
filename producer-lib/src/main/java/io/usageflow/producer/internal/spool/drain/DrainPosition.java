package io.usageflow.producer.internal.spool.drain;

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
 * The position up to which Kafka has acknowledged a log, in a small file with two slots. Writes alternate between the
 * slots, so a torn write leaves the other one intact. Not forced to disk while draining: after a crash some records are
 * sent again, and admission recognizes their ids. Not thread-safe.
 */
public final class DrainPosition implements Closeable {
    private static final String FILE = "progress";
    private static final int SLOT_BYTES = 64;
    private static final int USED_BYTES = 4 * Long.BYTES;

    private final FileChannel channel;
    private final Optional<Position> found;
    private long turn;

    /**
     * @param segment its number
     * @param identity of the segment, so that the offset is never applied to another file
     * @param offset all records before it are acknowledged
     */
    record Position(long segment, long identity, long offset) {}

    public DrainPosition(Path directory) throws IOException {
        channel = PrivateFiles.open(
                directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Optional<Position> newest = Optional.empty();
        for (int slot = 0; slot < 2; slot++) {
            ByteBuffer in = ByteBuffer.allocate(SLOT_BYTES);
            int read = channel.read(in, (long) slot * SLOT_BYTES);
            in.flip();
            if (read >= USED_BYTES + Integer.BYTES && in.getInt(USED_BYTES) == checksum(in) && in.getLong(0) > turn) {
                turn = in.getLong(0);
                newest = Optional.of(new Position(in.getLong(8), in.getLong(16), in.getLong(24)));
            }
        }
        found = newest;
    }

    /** The position at the time of opening. */
    public Optional<Position> found() {
        return found;
    }

    void save(Position position) throws IOException {
        turn++;
        ByteBuffer out = ByteBuffer.allocate(SLOT_BYTES);
        out.putLong(turn).putLong(position.segment).putLong(position.identity).putLong(position.offset);
        out.putInt(checksum(out));
        out.clear();
        channel.write(out, turn % 2 * SLOT_BYTES);
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            channel.force(false);
        }
    }

    private static int checksum(ByteBuffer slot) {
        CRC32C crc = new CRC32C();
        crc.update(slot.array(), slot.arrayOffset(), USED_BYTES);
        return (int) crc.getValue();
    }
}
