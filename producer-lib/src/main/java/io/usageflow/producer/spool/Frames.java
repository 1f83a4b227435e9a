package io.usageflow.producer.spool;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How a record stands in a segment; pure. All numbers big-endian:
 *
 * <pre>
 * marker (4) | length of the body (4) | CRC-32C (4) | body
 * body: kind (1) | published at, ms (8) | id length (2), id | key length (2), key | trace length (1), trace | value
 * </pre>
 *
 * The checksum is mixed with the segment's own identity, so that nothing else passes for a frame of this segment: not what
 * an earlier file left in the same blocks of the disk, not a value that looks like one. The marker only makes it quick to
 * find the next frame after a broken one.
 */
final class Frames {
    static final int MARKER = 0x9A5F10C7;
    static final int HEAD_BYTES = 12;

    /** The largest event is 256 KiB; nothing of ours is near this. */
    static final int BODY_BYTES_MAX = 1 << 20;

    private static final int LENGTH_AT = 4;
    private static final int CRC_AT = 8;
    private static final int BODY_BYTES_MIN = 1 + 8 + 2 + 2 + 1;

    private Frames() {}

    static int bytes(int id, int key, int trace, int value) {
        return HEAD_BYTES + BODY_BYTES_MIN + id + key + trace + value;
    }

    /** Writes a frame whose checksum is missing still; the buffer has room for {@link #bytes}. */
    static void put(
            ByteBuffer to, RecordKind kind, long acceptedAtMs, byte[] id, byte[] key, byte[] trace, byte[] value) {
        to.putInt(MARKER)
                .putInt(BODY_BYTES_MIN + id.length + key.length + trace.length + value.length)
                .putInt(0)
                .put(kind.code())
                .putLong(acceptedAtMs)
                .putShort((short) id.length)
                .put(id)
                .putShort((short) key.length)
                .put(key)
                .put((byte) trace.length)
                .put(trace)
                .put(value);
    }

    /** The length of the frame that begins here. */
    static int length(ByteBuffer in, int at) {
        return HEAD_BYTES + in.getInt(at + LENGTH_AT);
    }

    /** Adds the checksum to the frame that begins here. */
    static void check(ByteBuffer in, int at, long identity, CRC32C crc) {
        in.putInt(at + CRC_AT, checksum(in.array(), at, length(in, at), identity, crc));
    }

    /** The length of the frame that may begin here, by its head alone; 0 where none does. */
    static int plausible(ByteBuffer in, int at) {
        int body = in.getInt(at + LENGTH_AT);
        return in.getInt(at) == MARKER && body >= BODY_BYTES_MIN && body <= BODY_BYTES_MAX ? HEAD_BYTES + body : 0;
    }

    static boolean isSound(ByteBuffer in, int at, int length, long identity, CRC32C crc) {
        return in.getInt(at + CRC_AT) == checksum(in.array(), at, length, identity, crc);
    }

    /**
     * The record of a sound frame; null for a seal.
     *
     * @param end where it ends in its segment
     */
    static @Nullable SpoolRecord read(ByteBuffer frame, int at, Segment segment, long end) {
        int until = at + length(frame, at);
        ByteBuffer in = frame.duplicate();
        in.limit(until).position(at + HEAD_BYTES);
        RecordKind kind = RecordKind.of(in.get());
        if (kind == null || kind == RecordKind.SEAL) {
            return null;
        }
        long acceptedAtMs = in.getLong();
        String id = new String(bytes(in, in.getShort() & 0xFFFF), UTF_8);
        byte[] key = bytes(in, in.getShort() & 0xFFFF);
        byte[] trace = bytes(in, in.get() & 0xFF);
        byte[] value = bytes(in, in.remaining());
        return new SpoolRecord(
                kind,
                acceptedAtMs,
                id,
                key,
                trace.length == 0 ? null : new String(trace, US_ASCII),
                kind == RecordKind.TOMBSTONE ? null : value,
                segment,
                end);
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static int checksum(byte[] in, int at, int length, long identity, CRC32C crc) {
        crc.reset();
        crc.update(in, at + LENGTH_AT, Integer.BYTES);
        crc.update(in, at + HEAD_BYTES, length - HEAD_BYTES);
        return (int) crc.getValue() ^ Long.hashCode(identity);
    }
}
