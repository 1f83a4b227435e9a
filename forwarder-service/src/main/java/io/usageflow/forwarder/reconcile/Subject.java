package io.usageflow.forwarder.reconcile;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.Receipt;
import java.time.Instant;
import java.util.Optional;

/**
 * The event that is looked at, as its receipt has it.
 *
 * @param credytId its id at Credyt
 * @param customer whom it was sent for
 * @param eventType empty where the original has expired
 * @param receipt where the receipt stands in its topic
 * @param deliverable where what was sent stands, or stood, in its topic
 */
public record Subject(
        String eventId,
        String credytId,
        String account,
        CredytReference customer,
        Instant acceptedAt,
        Optional<String> eventType,
        Place receipt,
        Place deliverable) {

    /** A record's place in its topic. */
    public record Place(int partition, long offset) {}

    static Subject of(Receipt receipt, Place at) {
        return new Subject(
                receipt.getEventId(),
                receipt.getCredytEventId(),
                receipt.getAccountId(),
                receipt.getCustomer(),
                receipt.getAcceptedAt(),
                Optional.empty(),
                at,
                new Place(receipt.getDeliverablePartition(), receipt.getDeliverableOffset()));
    }

    Subject ofType(String type) {
        return new Subject(eventId, credytId, account, customer, acceptedAt, Optional.of(type), receipt, deliverable);
    }
}
