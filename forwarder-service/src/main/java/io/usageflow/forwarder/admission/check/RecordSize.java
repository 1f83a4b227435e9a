package io.usageflow.forwarder.admission.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** How many bytes a record takes in a topic at most, alone in its batch. Pure. */
public final class RecordSize {
    /** Of a batch with one record, and of all lengths, offsets and times in it. */
    private static final int ENVELOPE_BYTES_MAX = 128;

    /** Of the lengths of a header's name and value. */
    private static final int HEADER_BYTES_MAX = 10;

    private RecordSize() {}

    public static long of(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        long size = ENVELOPE_BYTES_MAX + length(key) + length(value);
        for (Header header : headers) {
            size += HEADER_BYTES_MAX + header.key().getBytes(UTF_8).length + length(header.value());
        }
        return size;
    }

    /** Whether a topic takes it however it is compressed: what cannot be compressed becomes a little larger. */
    public static boolean fits(long size, int bytesMax) {
        return size + size / 512 + 512 <= bytesMax;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
