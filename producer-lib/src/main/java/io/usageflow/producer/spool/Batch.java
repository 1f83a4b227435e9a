package io.usageflow.producer.spool;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Frames on their way to disk, side by side in memory, with those who wait for each. Not thread-safe. */
final class Batch {
    private static final int BYTES_MIN = 64 * 1024;
    /** What an emptied batch keeps, so that one burst does not hold memory for ever. */
    private static final int BYTES_KEPT_MAX = 4 << 20;

    private static final byte[] NOTHING = new byte[0];

    private final List<Spooled> waiting = new ArrayList<>();
    private final CRC32C crc = new CRC32C();
    private ByteBuffer frames = ByteBuffer.allocate(BYTES_MIN);

    int bytes() {
        return frames.position();
    }

    int count() {
        return waiting.size();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    Spooled waiting(int index) {
        return waiting.get(index);
    }

    /** At least what {@link #add} will take. */
    static int frameBytes(Spooled what, byte[] value) {
        String trace = what.traceparent();
        // A character has at most three bytes in UTF-8.
        return Frames.bytes(
                3 * what.id().length(), what.key().length, trace == null ? 0 : trace.length(), value.length);
    }

    void add(RecordKind kind, long acceptedAtMs, Spooled what, byte[] value) {
        put(kind, acceptedAtMs, what.id(), what.key(), what.traceparent(), value);
        waiting.add(what);
    }

    /** A record again, for which nobody waits. */
    static ByteBuffer frame(SpoolRecord record, long identity) {
        Batch batch = new Batch();
        byte[] value = record.value();
        batch.put(
                record.kind(),
                record.acceptedAtMs(),
                record.id(),
                record.key(),
                record.traceparent(),
                value == null ? NOTHING : value);
        return batch.checked(new Run(0, batch.bytes(), 0, 1), identity);
    }

    private void put(
            RecordKind kind, long acceptedAtMs, String idText, byte[] key, @Nullable String traceText, byte[] value) {
        byte[] id = idText.getBytes(UTF_8);
        byte[] trace = traceText == null ? NOTHING : traceText.getBytes(US_ASCII);
        makeRoom(Frames.bytes(id.length, key.length, trace.length, value.length));
        Frames.put(frames, kind, acceptedAtMs, id, key, trace, value);
    }

    /**
     * As many of the frames as have room.
     *
     * @param from where the first of them begins
     * @param first its index
     * @param room in bytes; ignored for the first frame
     */
    Run run(int from, int first, long room) {
        int until = from + Frames.length(frames, from);
        int next = first + 1;
        while (next < waiting.size()) {
            int length = Frames.length(frames, until);
            if (until + length - from > room) {
                break;
            }
            until += length;
            next++;
        }
        return new Run(from, until, first, next);
    }

    /**
     * @param from the first byte
     * @param until after the last
     * @param first the index of the first frame
     * @param next after the last
     */
    record Run(int from, int until, int first, int next) {
        int bytes() {
            return until - from;
        }
    }

    /** The run's bytes with their checksums for a segment. */
    ByteBuffer checked(Run run, long identity) {
        for (int at = run.from(); at < run.until(); at += Frames.length(frames, at)) {
            Frames.check(frames, at, identity, crc);
        }
        return ByteBuffer.wrap(frames.array(), run.from(), run.bytes());
    }

    void clear() {
        waiting.clear();
        if (frames.capacity() > BYTES_KEPT_MAX) {
            frames = ByteBuffer.allocate(BYTES_MIN);
        }
        frames.clear();
    }

    private void makeRoom(int bytes) {
        if (frames.remaining() < bytes) {
            int capacity = Math.max(Math.addExact(frames.position(), bytes), 2 * frames.capacity());
            frames = ByteBuffer.allocate(capacity).put(frames.flip());
        }
    }
}
