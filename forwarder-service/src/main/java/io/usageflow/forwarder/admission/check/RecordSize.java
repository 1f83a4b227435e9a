package io.usageflow.forwarder.admission.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** The maximum size of a record in a topic, alone in its batch. Pure. */
public final class RecordSize {
    /** Overhead of a batch with one record. */
    private static final int ENVELOPE_BYTES_MAX = 128;

    /** Overhead of a header. */
    private static final int HEADER_BYTES_MAX = 10;

    private RecordSize() {}

    public static long of(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        long size = ENVELOPE_BYTES_MAX + length(key) + length(value);
        for (Header header : headers) {
            size += HEADER_BYTES_MAX + header.key().getBytes(UTF_8).length + length(header.value());
        }
        return size;
    }

    /** Whether the record fits with any compression, which makes incompressible bytes slightly larger. */
    public static boolean fits(long size, int bytesMax) {
        return size + size / 512 + 512 <= bytesMax;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
