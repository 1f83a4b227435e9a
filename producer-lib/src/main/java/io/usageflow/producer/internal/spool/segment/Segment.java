package io.usageflow.producer.internal.spool.segment;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.producer.internal.spool.segment.SpoolRecord.RecordKind;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/**
 * One file of a log. Its writer moves {@link #end}, its reader sets {@link #isDamaged}. Bytes before the end never
 * change.
 */
public final class Segment {
    public static final String SUFFIX = ".log";

    private final long number;
    private final Path path;
    private final SegmentHeader header;
    private final long begin;

    private volatile long end;
    private volatile boolean closed;
    private volatile boolean damaged;
    private final Set<Long> gaps = ConcurrentHashMap.newKeySet();

    /** @param begin the offset of the first frame */
    public Segment(long number, Path path, SegmentHeader header, long begin, long end, boolean closed) {
        this.number = number;
        this.path = path;
        this.header = header;
        this.begin = begin;
        this.end = end;
        this.closed = closed;
    }

    public static String fileName(long number) {
        return String.format(Locale.ROOT, "%019d%s", number, SUFFIX);
    }

    /** Increases in the order of writing. */
    public long number() {
        return number;
    }

    public String topic() {
        return header.topic();
    }

    /** Avro, as JSON. */
    public String schema() {
        return header.schema();
    }

    public Path path() {
        return path;
    }

    public long identity() {
        return header.identity();
    }

    SegmentHeader header() {
        return header;
    }

    public long begin() {
        return begin;
    }

    /** Bytes before it are durable on disk. Bytes after it do not count. */
    public long end() {
        return end;
    }

    public void endsAt(long offset) {
        end = offset;
    }

    /** Whether no more records will be added. */
    public boolean isClosed() {
        return closed;
    }

    public void close() {
        closed = true;
    }

    public boolean isDamaged() {
        return damaged;
    }

    void markDamaged() {
        damaged = true;
    }

    /** True for the first call with this gap: each gap is reported once. */
    public boolean markReported(long gapFrom) {
        return gaps.add(gapFrom);
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /**
     * The start of a segment, before its first frame. A later release can drain the segment with it, under other
     * settings.
     *
     * <pre>magic "USGSPOOL" (8) | version (4) | identity (8) | topic length (2), topic
     * | schema length (4), schema | CRC-32C (4)</pre>
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
            out.putInt(checksum(out.array(), 0, out.position()));
            return out.array();
        }

        /**
         * Reads a segment's header.
         *
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
            return in.getInt() == checksum(in.array(), in.arrayOffset(), covered)
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

        private static int checksum(byte[] bytes, int from, int length) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, from, length);
            return (int) crc.getValue();
        }
    }
}
