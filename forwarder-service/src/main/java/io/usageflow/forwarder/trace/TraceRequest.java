package io.usageflow.forwarder.trace;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * Which event is traced, and who is asked. Immutable.
 *
 * @param eventId the event's own id, or the id it has at Credyt
 * @param account only this one's, and then only its partition is read
 * @param since records that are older are not read
 * @param admin the forwarder's admin port, which knows what is parked; empty: nobody is asked
 * @param credyt whether Credyt is asked what it has
 */
public record TraceRequest(
        String eventId, Optional<String> account, Optional<Instant> since, Optional<URI> admin, boolean credyt) {
    public TraceRequest {
        if (eventId.isBlank()) {
            throw new IllegalArgumentException(
                    "the event id is empty: give the id that the producer gave, or Credyt's");
        }
    }
}
