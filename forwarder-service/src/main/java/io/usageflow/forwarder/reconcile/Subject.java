package io.usageflow.forwarder.reconcile;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.Receipt;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The event that is looked at, as its receipt has it; where there is no receipt, as Credyt has it.
 *
 * @param eventId empty where nobody here knows the event
 * @param credytId its id at Credyt; empty where a customer as a whole is looked at
 * @param account several, with a space between, where they share the customer
 * @param customer whom it was sent for
 * @param acceptedAt when Credyt took it, as far as that is known
 * @param eventType empty where the original has expired
 * @param receipt where the receipt stands in its topic; {@link Place#NONE} where there is none
 * @param deliverable where what was sent stands, or stood, in its topic; likewise
 */
public record Subject(
        String eventId,
        String credytId,
        String account,
        CredytReference customer,
        Optional<Instant> acceptedAt,
        Optional<String> eventType,
        Place receipt,
        Place deliverable) {

    /**
     * A record's place in its topic.
     *
     * @param topicId Kafka's id of the topic, since one that was made again has other records; empty where it is unknown
     */
    public record Place(int partition, long offset, String topicId) {
        /** Nowhere. */
        public static final Place NONE = new Place(-1, -1);

        public Place(int partition, long offset) {
            this(partition, offset, "");
        }
    }

    static Subject of(Receipt receipt, Place at) {
        return new Subject(
                receipt.getEventId(),
                receipt.getCredytEventId(),
                receipt.getAccountId(),
                receipt.getCustomer(),
                Optional.of(receipt.getAcceptedAt()),
                Optional.empty(),
                at,
                new Place(
                        receipt.getDeliverablePartition(),
                        receipt.getDeliverableOffset(),
                        Objects.requireNonNullElse(receipt.getDeliverableTopicId(), "")));
    }

    Subject ofType(String type) {
        return new Subject(eventId, credytId, account, customer, acceptedAt, Optional.of(type), receipt, deliverable);
    }
}
