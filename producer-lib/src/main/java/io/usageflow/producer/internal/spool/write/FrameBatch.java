package io.usageflow.producer.internal.spool.write;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.producer.PublishException;
import io.usageflow.producer.internal.spool.segment.Frames;
import io.usageflow.producer.internal.spool.segment.SpoolRecord.RecordKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Frames in memory on their way to disk, with the entry that waits for each. Not thread-safe. */
public final class FrameBatch {
    private static final int BYTES_MIN = 64 * 1024;
    /** The capacity that an emptied batch keeps at most, so that one burst does not hold memory for ever. */
    private static final int BYTES_KEPT_MAX = 4 << 20;

    private static final byte[] NOTHING = new byte[0];

    private final List<SpoolEntry> waiting = new ArrayList<>();
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

    SpoolEntry waiting(int index) {
        return waiting.get(index);
    }

    /** An upper bound of the bytes that {@link #add} adds. */
    static int frameBytes(SpoolEntry entry, byte[] value) {
        String trace = entry.traceparent();
        // A character has at most three bytes in UTF-8.
        return Frames.bytes(
                3 * entry.id().length(), entry.key().length, trace == null ? 0 : trace.length(), value.length);
    }

    public void add(RecordKind kind, long acceptedAtMs, SpoolEntry entry, byte[] value) {
        byte[] id = entry.id().getBytes(UTF_8);
        byte[] key = entry.key();
        String traceparent = entry.traceparent();
        byte[] trace = traceparent == null ? NOTHING : traceparent.getBytes(US_ASCII);
        makeRoom(Frames.bytes(id.length, key.length, trace.length, value.length));
        Frames.put(frames, kind, acceptedAtMs, id, key, trace, value);
        waiting.add(entry);
    }

    /**
     * As many frames as fit.
     *
     * @param from the first frame's offset
     * @param first the first frame's index
     * @param room in bytes; ignored for the first frame
     */
    public Run run(int from, int first, long room) {
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
     * @param until the offset after the last byte
     * @param first the first frame's index
     * @param next the index after the last frame
     */
    record Run(int from, int until, int first, int next) {
        int bytes() {
            return until - from;
        }
    }

    /** The run's bytes with their checksums for a segment. */
    public ByteBuffer checked(Run run, long identity) {
        for (int at = run.from(); at < run.until(); at += Frames.length(frames, at)) {
            Frames.putChecksum(frames, at, identity, crc);
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

    /** A record to spool, with its callbacks: exactly one of them is called, once. */
    public interface SpoolEntry {
        /** An event's id; a link's account or vendor. */
        String id();

        /** The key in Kafka. */
        byte[] key();

        /** The trace context, sent as a header. */
        @Nullable
        String traceparent();

        /** The record is on disk, and survives a crash of the process and of the machine. */
        void onDurable();

        /** The record is not known to be on disk. */
        void onRefused(PublishException why);
    }
}
