package io.usageflow.forwarder.reconcile.receipts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What was sent. Nobody changes the arrays.
 *
 * @param sent the event as it was an element of {@code events[]}
 * @param size of the record in bytes
 * @param record as it was published, to publish it again
 * @param replayOf whose replay it was
 */
record SentEvent(JsonNode sent, int size, Published record, Optional<String> replayOf) {

    /** Key, value and headers of the published record. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Published(byte @Nullable [] key, byte[] value, Headers headers) {}

    String eventType() {
        return sent.path("event_type").asText();
    }
}
