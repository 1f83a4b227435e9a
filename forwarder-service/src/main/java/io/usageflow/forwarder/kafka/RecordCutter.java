package io.usageflow.forwarder.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.schema.OriginalReference;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts records that exceed {@link RecordBounds}, one by one while a consumer decompresses them, so that a poll never
 * holds many large records. {@code max.poll.records} alone cannot do this: 200 records of 8 MB may take 112 kB in the
 * topic.
 *
 * <p>A header notes the original sizes. Its name is random in each process, so no producer can forge it. Each consumer
 * needs its own cutter.
 */
public final class RecordCutter {
    private static final String MARK = "usageflow-cut-" + UUID.randomUUID();
    private static final String NONE = "-";

    /** Removing one header takes time in proportion to their number. A record with more headers keeps them all. */
    private static final int REMOVABLE_HEADERS_MAX = 20_000;

    /** Added to the text of each header, so that many empty ones count too. */
    private static final int HEADER_OVERHEAD_BYTES = 8;

    private final RecordBounds bounds;
    /** The key of the record that is being read: Kafka reads the key before the value. */
    private Part key = Part.ABSENT;

    public RecordCutter(RecordBounds bounds) {
        this.bounds = bounds;
    }

    /** What is left of a record. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Cut(byte @Nullable [] key, byte @Nullable [] value, Headers headers, OriginalReference reference) {}

    /** @param sha256 null if the part is absent, or is whole and its hash was not needed */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Part(
            byte @Nullable [] kept, long bytes, @Nullable String sha256) {
        private static final Part ABSENT = new Part(null, 0, null);

        static Part of(@Nullable ByteBuffer data, int bytesMax) {
            if (data == null) {
                return ABSENT;
            }
            int size = data.remaining();
            byte[] kept = new byte[size > bytesMax ? RecordBounds.BEGINNING_BYTES : size];
            data.duplicate().get(kept);
            return new Part(kept, size, size > bytesMax ? hashOf(data.duplicate()) : null);
        }

        boolean isCut() {
            return kept != null && kept.length < bytes;
        }

        @Nullable
        String hash() {
            return sha256 != null || kept == null ? sha256 : hashOf(ByteBuffer.wrap(kept));
        }
    }

    private record HeaderSizes(int count, long bytes) {
        static HeaderSizes of(Headers headers) {
            int count = 0;
            long bytes = 0;
            for (Header header : headers) {
                count++;
                bytes += size(header) - HEADER_OVERHEAD_BYTES;
            }
            return new HeaderSizes(count, bytes);
        }

        boolean areTooLarge() {
            return bytes + (long) HEADER_OVERHEAD_BYTES * count > RecordBounds.HEADERS_BYTES_MAX;
        }
    }

    /** The deserializer of the consumer's keys. */
    public Deserializer<byte[]> keys() {
        return new Bytes() {
            @Override
            public byte @Nullable [] deserialize(String topic, Headers headers, @Nullable ByteBuffer data) {
                key = Part.of(data, RecordBounds.KEY_BYTES_MAX);
                return key.kept();
            }
        };
    }

    /** The deserializer of the same consumer's values. */
    public Deserializer<byte[]> values() {
        return new Bytes() {
            @Override
            public byte @Nullable [] deserialize(String topic, Headers headers, @Nullable ByteBuffer data) {
                Part value = Part.of(data, bounds.valueBytesMax());
                // Copies names and values out of the record's buffer, which would otherwise stay in memory with them.
                HeaderSizes sizes = HeaderSizes.of(headers);
                if (key.isCut() || value.isCut() || sizes.areTooLarge()) {
                    keepBeginning(headers, sizes);
                    headers.add(MARK, text(reference(key, value, sizes)).getBytes(UTF_8));
                }
                key = Part.ABSENT;
                return value.kept();
            }
        };
    }

    /** Whether only the beginning of a record is left. */
    public static boolean isCut(Headers headers) {
        return headers.lastHeader(MARK) != null;
    }

    /** Describes the record before it was cut, and removes the note from the headers. Empty if the record is whole. */
    public static Optional<OriginalReference> takeReference(Headers headers) {
        Header mark = headers.lastHeader(MARK);
        if (mark == null) {
            return Optional.empty();
        }
        headers.remove(MARK);
        String[] facts = new String(mark.value(), UTF_8).split(" ", -1);
        return Optional.of(new OriginalReference(
                Long.parseLong(facts[0]),
                fact(facts[1]),
                Long.parseLong(facts[2]),
                fact(facts[3]),
                Integer.parseInt(facts[4]),
                Long.parseLong(facts[5])));
    }

    /** Cuts a record that is already in memory; empty if it is within the bounds. Changes no argument. */
    public static Optional<Cut> cut(
            byte @Nullable [] key, byte @Nullable [] value, Headers headers, RecordBounds bounds) {
        HeaderSizes sizes = HeaderSizes.of(headers);
        if (length(key) <= RecordBounds.KEY_BYTES_MAX
                && length(value) <= bounds.valueBytesMax()
                && !sizes.areTooLarge()) {
            return Optional.empty();
        }
        Part keyPart = Part.of(key == null ? null : ByteBuffer.wrap(key), RecordBounds.KEY_BYTES_MAX);
        Part valuePart = Part.of(value == null ? null : ByteBuffer.wrap(value), bounds.valueBytesMax());
        return Optional.of(new Cut(
                keyPart.kept(),
                valuePart.kept(),
                sizes.areTooLarge() ? beginning(headers) : headers,
                reference(keyPart, valuePart, sizes)));
    }

    private static OriginalReference reference(Part key, Part value, HeaderSizes headers) {
        return new OriginalReference(
                value.bytes(), value.hash(), key.bytes(), key.hash(), headers.count(), headers.bytes());
    }

    private static void keepBeginning(Headers headers, HeaderSizes sizes) {
        if (!sizes.areTooLarge() || sizes.count() > REMOVABLE_HEADERS_MAX) {
            return;
        }
        long kept = 0;
        for (Iterator<Header> each = headers.iterator(); each.hasNext(); ) {
            kept += size(each.next());
            if (kept > RecordBounds.BEGINNING_BYTES) {
                each.remove();
            }
        }
    }

    private static Headers beginning(Headers headers) {
        Headers beginning = new RecordHeaders();
        long kept = 0;
        for (Header header : headers) {
            kept += size(header);
            if (kept > RecordBounds.BEGINNING_BYTES) {
                break;
            }
            beginning.add(header);
        }
        return beginning;
    }

    private static long size(Header header) {
        return (long) HEADER_OVERHEAD_BYTES + header.key().getBytes(UTF_8).length + length(header.value());
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static String text(OriginalReference reference) {
        return reference.getValueBytes()
                + " " + (reference.getValueSha256() == null ? NONE : reference.getValueSha256())
                + " " + reference.getKeyBytes()
                + " " + (reference.getKeySha256() == null ? NONE : reference.getKeySha256())
                + " " + reference.getHeaders() + " " + reference.getHeadersBytes();
    }

    private static @Nullable String fact(String text) {
        return text.equals(NONE) ? null : text;
    }

    private static String hashOf(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private abstract static class Bytes implements Deserializer<byte[]> {
        @Override
        public byte @Nullable [] deserialize(String topic, byte @Nullable [] data) {
            throw new UnsupportedOperationException("a record is read with its headers");
        }

        @Override
        public byte @Nullable [] deserialize(String topic, Headers headers, byte @Nullable [] data) {
            return deserialize(topic, headers, data == null ? null : ByteBuffer.wrap(data));
        }

        @Override
        public abstract byte @Nullable [] deserialize(String topic, Headers headers, @Nullable ByteBuffer data);
    }
}
