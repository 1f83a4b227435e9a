package io.usageflow.forwarder.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.OriginalHeader;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.topic.EventHeaders;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The published record an event came in, as a dead letter keeps it: untouched, so that a replay can give back exactly
 * what was published. The arrays are not copied; nobody may change them.
 *
 * @param source where admission read it
 * @param key the record's key, null where it had none
 * @param value the record's value, null where it was a tombstone
 * @param headers all of them, in their order
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; copying a megabyte for a dead letter buys nothing
public record Origin(SourceCoordinates source, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {

    /** The dead letter this record was replayed from, as its header says. */
    public Optional<String> replayOf() {
        Header header = headers.lastHeader(EventHeaders.REPLAY_OF);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), UTF_8));
    }

    List<OriginalHeader> originalHeaders() {
        List<OriginalHeader> copies = new ArrayList<>();
        for (Header header : headers) {
            copies.add(new OriginalHeader(header.key(), buffer(header.value())));
        }
        return copies;
    }

    static @Nullable ByteBuffer buffer(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }
}
