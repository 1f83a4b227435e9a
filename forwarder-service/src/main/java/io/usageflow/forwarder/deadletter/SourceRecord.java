package io.usageflow.forwarder.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.kafka.RecordCutter;
import io.usageflow.schema.OriginalHeader;
import io.usageflow.schema.OriginalReference;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.topic.Topics;
import io.usageflow.schema.topic.Topics.EventHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * The published record an event came in, as a dead letter keeps it: untouched, so that a replay can give back exactly
 * what was published. The arrays are not copied and must not be changed.
 *
 * @param source where admission read it
 * @param key the record's key, null where it had none
 * @param value the record's value, null where it was a tombstone
 * @param headers all of them, in their order
 * @param reference where the record is too large to be held: what it was, of which key, value and headers are the
 *     beginning
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; no copy of a megabyte for each dead letter
public record SourceRecord(
        SourceCoordinates source,
        byte @Nullable [] key,
        byte @Nullable [] value,
        Headers headers,
        Optional<OriginalReference> reference) {
    /** Ids of dead letters are UUIDs; anything much longer is no such id. */
    private static final int REPLAY_OF_BYTES_MAX = 100;

    /** A whole record. */
    public SourceRecord(SourceCoordinates source, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        this(source, key, value, headers, Optional.empty());
    }

    /**
     * The dead letter this record was replayed from, as its header says. Empty for a record of the events' topic, where
     * any producer may have set that header.
     */
    public Optional<String> replayOf() {
        if (!Topics.isReplays(source.getTopic())) {
            return Optional.empty();
        }
        Header header = headers.lastHeader(EventHeaders.REPLAY_OF);
        return header == null || header.value() == null || header.value().length > REPLAY_OF_BYTES_MAX
                ? Optional.empty()
                : Optional.of(new String(header.value(), UTF_8));
    }

    /** The same where it keeps to the bounds; otherwise its beginning, with a reference to the whole. */
    public SourceRecord within(RecordBounds bounds) {
        if (reference.isPresent()) {
            return this;
        }
        return RecordCutter.cut(key, value, headers, bounds)
                .map(cut ->
                        new SourceRecord(source, cut.key(), cut.value(), cut.headers(), Optional.of(cut.reference())))
                .orElse(this);
    }

    /** For people: how large the record is, and where it stands. */
    static String describe(OriginalReference reference, SourceCoordinates source) {
        return "a value of " + reference.getValueBytes() + " bytes"
                + (reference.getValueSha256() == null ? "" : " (SHA-256 " + reference.getValueSha256() + ")")
                + ", a key of " + reference.getKeyBytes() + " bytes and " + reference.getHeaders() + " headers of "
                + reference.getHeadersBytes() + " bytes, in " + source.getTopic() + " partition "
                + source.getPartition() + " offset " + source.getOffset();
    }

    List<OriginalHeader> originalHeaders() {
        List<OriginalHeader> copies = new ArrayList<>();
        for (Header header : headers) {
            copies.add(new OriginalHeader(header.key(), Utils.wrapNullable(header.value())));
        }
        return copies;
    }
}
