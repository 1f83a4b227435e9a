package io.usageflow.producer.internal.spool.segment;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The start of a segment, before its first frame. A later release can drain the segment with it, under other settings.
 *
 * <pre>magic "USGSPOOL" (8) | version (4) | identity (8) | topic length (2), topic | schema length (4), schema | CRC-32C (4)</pre>
 *
 * @param identity random, unique to this file
 * @param topic that its records go to
 * @param schema Avro, as JSON, of {@link RecordKind#BARE} values
 */
public record SegmentHeader(long identity, String topic, String schema) {
    static final int VERSION = 1;

    /** Larger than any header: as many bytes are read to find one. */
    public static final int BYTES_MAX = 256 * 1024;

    private static final byte[] MAGIC = "USGSPOOL".getBytes(US_ASCII);

    /** A later release wrote the file. */
    public static final class UnknownVersionException extends Exception {
        private static final long serialVersionUID = 1L;

        UnknownVersionException(int version) {
            super("its format is version " + version + ", and this release reads up to " + VERSION
                    + ": drain it with the release that wrote it");
        }
    }

    public byte[] bytes() {
        byte[] topicBytes = topic.getBytes(UTF_8);
        byte[] schemaBytes = schema.getBytes(UTF_8);
        ByteBuffer out = ByteBuffer.allocate(
                MAGIC.length + 4 + 8 + 2 + topicBytes.length + 4 + schemaBytes.length + Integer.BYTES);
        out.put(MAGIC).putInt(VERSION).putLong(identity);
        out.putShort((short) topicBytes.length).put(topicBytes);
        out.putInt(schemaBytes.length).put(schemaBytes);
        out.putInt(checksum(out.array(), out.position()));
        return out.array();
    }

    /**
     * @param in the file's first bytes, up to {@link #BYTES_MAX}; afterwards positioned at the first frame
     * @return empty if the bytes are no valid header
     */
    public static Optional<SegmentHeader> read(ByteBuffer in) throws UnknownVersionException {
        try {
            return tryRead(in);
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static Optional<SegmentHeader> tryRead(ByteBuffer in) throws UnknownVersionException {
        byte[] magic = new byte[MAGIC.length];
        in.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            return Optional.empty();
        }
        int version = in.getInt();
        if (version > VERSION) {
            throw new UnknownVersionException(version);
        }
        long identity = in.getLong();
        String topic = text(in, in.getShort() & 0xFFFF);
        String schema = text(in, in.getInt());
        int covered = in.position();
        return in.getInt() == checksum(in.array(), covered)
                ? Optional.of(new SegmentHeader(identity, topic, schema))
                : Optional.empty();
    }

    private static String text(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, UTF_8);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
