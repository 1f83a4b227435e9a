package io.usageflow.forwarder.reconcile;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.Receipt;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The event that is looked at, as its receipt has it; where there is no receipt, as Credyt has it.
 *
 * @param eventId empty where the event is unknown here
 * @param credytId its id at Credyt; empty where a customer as a whole is looked at
 * @param account several, with a space between, where they share the customer
 * @param customer whom it was sent for
 * @param acceptedAt when Credyt took it, as far as that is known
 * @param eventType empty where the original has expired
 * @param receipt where the receipt stands in its topic; {@link Position#NONE} where there is none
 * @param deliverable where what was sent stands, or stood, in its topic; likewise
 */
public record EventRef(
        String eventId,
        String credytId,
        String account,
        CredytReference customer,
        Optional<Instant> acceptedAt,
        Optional<String> eventType,
        Position receipt,
        Position deliverable) {

    /**
     * A record's place in its topic.
     *
     * @param topicId Kafka's id of the topic, since one that was made again has other records; empty where it is
     *     unknown
     */
    public record Position(int partition, long offset, String topicId) {
        /** Nowhere. */
        public static final Position NONE = new Position(-1, -1);

        public Position(int partition, long offset) {
            this(partition, offset, "");
        }
    }

    public static EventRef of(Receipt receipt, Position at) {
        return new EventRef(
                receipt.getEventId(),
                receipt.getCredytEventId(),
                receipt.getAccountId(),
                receipt.getCustomer(),
                Optional.of(receipt.getAcceptedAt()),
                Optional.empty(),
                at,
                new Position(
                        receipt.getDeliverablePartition(),
                        receipt.getDeliverableOffset(),
                        Objects.requireNonNullElse(receipt.getDeliverableTopicId(), "")));
    }

    public EventRef ofType(String type) {
        return new EventRef(eventId, credytId, account, customer, acceptedAt, Optional.of(type), receipt, deliverable);
    }
}
