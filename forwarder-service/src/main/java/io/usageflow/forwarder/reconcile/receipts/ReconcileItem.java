package io.usageflow.forwarder.reconcile.receipts;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.reconcile.EventRef;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * An event with what was sent.
 *
 * @param sent empty if it is not available
 * @param whyNot why it is not available
 */
public record ReconcileItem(EventRef event, Optional<SentEvent> sent, String whyNot) {
    static ReconcileItem of(EventRef event, SentEvent sent) {
        return new ReconcileItem(event.ofType(sent.eventType()), Optional.of(sent), "");
    }

    static ReconcileItem without(EventRef event, String whyNot) {
        return new ReconcileItem(event, Optional.empty(), whyNot);
    }

    /**
     * What was sent. The arrays must not be changed.
     *
     * @param sent the element of {@code events[]}
     * @param size of the record in bytes
     * @param record as it was published, to publish it again
     * @param replayOf the dead letter or repair that it was sent for
     */
    public record SentEvent(JsonNode sent, int size, Published record, Optional<String> replayOf) {

        /** Key, value and headers of the published record. */
        @SuppressWarnings("ArrayRecordComponent") // never compared
        public record Published(byte @Nullable [] key, byte[] value, Headers headers) {}

        public String eventType() {
            return sent.path("event_type").asText();
        }
    }
}
