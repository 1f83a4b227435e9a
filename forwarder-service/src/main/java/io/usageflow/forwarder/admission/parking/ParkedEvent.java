package io.usageflow.forwarder.admission.parking;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.schema.SourceCoordinates;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A parked event: its record and when it was parked. Stored without Avro, so that it can be read without the registry.
 */
public record ParkedEvent(SourceRecord origin, Instant parkedAt) {
    private static final byte FORM = 1;
    private static final int ABSENT = -1;

    byte[] toBytes() {
        SourceCoordinates source = origin.source();
        byte[] topic = source.getTopic().getBytes(UTF_8);
        Header[] headers = origin.headers().toArray();
        byte[][] names = new byte[headers.length][];
        int size = 1 + 3 * Long.BYTES + 2 * Integer.BYTES + sized(topic) + sized(origin.key()) + sized(origin.value());
        byte[] topicId =
                source.getTopicId() == null ? null : source.getTopicId().getBytes(UTF_8);
        size += sized(topicId);
        for (int i = 0; i < headers.length; i++) {
            names[i] = headers[i].key().getBytes(UTF_8);
            size += sized(names[i]) + sized(headers[i].value());
        }
        ByteBuffer out = ByteBuffer.allocate(size)
                .put(FORM)
                .putLong(parkedAt.toEpochMilli())
                .putLong(source.getOffset())
                .putLong(source.getTimestamp().toEpochMilli())
                .putInt(source.getPartition());
        put(out, topic);
        put(out, origin.key());
        put(out, origin.value());
        out.putInt(headers.length);
        for (int i = 0; i < headers.length; i++) {
            put(out, names[i]);
            put(out, headers[i].value());
        }
        // At the end, which earlier versions do not read.
        put(out, topicId);
        return out.array();
    }

    static ParkedEvent fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte form = in.get();
        if (form != FORM) {
            throw new IllegalStateException("a parked event has form " + form + ", but this version reads " + FORM
                    + ": was it parked by a newer version?");
        }
        Instant parkedAt = Instant.ofEpochMilli(in.getLong());
        long offset = in.getLong();
        Instant appendedAt = Instant.ofEpochMilli(in.getLong());
        int partition = in.getInt();
        SourceCoordinates source = new SourceCoordinates(text(in), partition, offset, appendedAt, null);
        byte[] key = get(in);
        byte[] value = get(in);
        Headers headers = new RecordHeaders();
        for (int left = in.getInt(); left > 0; left--) {
            headers.add(text(in), get(in));
        }
        if (in.hasRemaining()) {
            byte[] topicId = get(in);
            source.setTopicId(topicId == null ? null : new String(topicId, UTF_8));
        }
        return new ParkedEvent(new SourceRecord(source, key, value, headers), parkedAt);
    }

    private static int sized(byte @Nullable [] bytes) {
        return Integer.BYTES + (bytes == null ? 0 : bytes.length);
    }

    private static void put(ByteBuffer out, byte @Nullable [] bytes) {
        if (bytes == null) {
            out.putInt(ABSENT);
        } else {
            out.putInt(bytes.length).put(bytes);
        }
    }

    private static byte @Nullable [] get(ByteBuffer in) {
        int length = in.getInt();
        if (length == ABSENT) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = get(in);
        if (bytes == null) {
            throw new IllegalStateException("a parked event lacks its topic or a header's name");
        }
        return new String(bytes, UTF_8);
    }
}
