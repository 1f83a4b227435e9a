package io.usageflow.producer.internal.spool.segment;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.producer.internal.spool.segment.SpoolRecord.RecordKind;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes records as frames of a segment. Pure. All numbers are big-endian:
 *
 * <pre>
 * marker (4) | length of the body (4) | CRC-32C (4) | body
 * body: kind (1) | published at, ms (8) | id length (2), id | key length (2), key | trace length (1), trace | value
 * </pre>
 *
 * The checksum includes the segment's identity, so that only frames of this segment pass: not the bytes that an earlier
 * file left in the same disk blocks, and not a value that looks like a frame. The marker makes it quick to find the
 * next frame after a broken one.
 */
public final class Frames {
    static final int MARKER = 0x9A5F10C7;
    static final int HEAD_BYTES = 12;

    /** The largest event has 256 KiB. */
    static final int BODY_BYTES_MAX = 1 << 20;

    private static final int LENGTH_AT = 4;
    private static final int CRC_AT = 8;
    private static final int BODY_BYTES_MIN = 1 + 8 + 2 + 2 + 1;

    private static final byte[] NOTHING = new byte[0];

    private Frames() {}

    public static int bytes(int id, int key, int trace, int value) {
        return HEAD_BYTES + BODY_BYTES_MIN + id + key + trace + value;
    }

    /** Writes a frame without its checksum. The buffer needs room for {@link #bytes}. */
    public static void put(
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

    /** A frame of its own for a record, checksum included. */
    static ByteBuffer frame(SpoolRecord record, long identity) {
        byte[] value = record.value();
        String trace = record.traceparent();
        return frame(
                record.kind(),
                record.acceptedAtMs(),
                record.id().getBytes(UTF_8),
                record.key(),
                trace == null ? NOTHING : trace.getBytes(US_ASCII),
                value == null ? NOTHING : value,
                identity);
    }

    /** The last frame of a segment that is closed in order. */
    public static ByteBuffer seal(long identity) {
        return frame(RecordKind.SEAL, 0, NOTHING, NOTHING, NOTHING, NOTHING, identity);
    }

    private static ByteBuffer frame(
            RecordKind kind, long acceptedAtMs, byte[] id, byte[] key, byte[] trace, byte[] value, long identity) {
        ByteBuffer frame = ByteBuffer.allocate(bytes(id.length, key.length, trace.length, value.length));
        put(frame, kind, acceptedAtMs, id, key, trace, value);
        putChecksum(frame, 0, identity, new CRC32C());
        return frame.flip();
    }

    /** The length of the frame that starts here. */
    public static int length(ByteBuffer in, int at) {
        return HEAD_BYTES + in.getInt(at + LENGTH_AT);
    }

    /** Adds the checksum to the frame that starts here. */
    public static void putChecksum(ByteBuffer in, int at, long identity, CRC32C crc) {
        in.putInt(at + CRC_AT, checksum(in.array(), in.arrayOffset() + at, length(in, at), identity, crc));
    }

    /** The length of the frame that may start here, by its head alone; 0 if none does. */
    static int plausibleLength(ByteBuffer in, int at) {
        int body = in.getInt(at + LENGTH_AT);
        return in.getInt(at) == MARKER && body >= BODY_BYTES_MIN && body <= BODY_BYTES_MAX ? HEAD_BYTES + body : 0;
    }

    static boolean isSound(ByteBuffer in, int at, int length, long identity, CRC32C crc) {
        return in.getInt(at + CRC_AT) == checksum(in.array(), in.arrayOffset() + at, length, identity, crc);
    }

    /**
     * The record of a sound frame; null for a seal.
     *
     * @param end the offset after it in its segment
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
