package io.usageflow.forwarder.reconcile;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.Receipt;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The event of a finding, as its receipt describes it; without a receipt, as Credyt does.
 *
 * @param eventId empty if the event is unknown here
 * @param credytId its id at Credyt; empty in a finding about a customer
 * @param account several, separated by spaces, if they share the customer
 * @param customer to whom Credyt bills it
 * @param acceptedAt when Credyt accepted it, if known
 * @param eventType empty if the original has expired
 * @param receipt the receipt's place in its topic; {@link Position#NONE} without a receipt
 * @param deliverable the place of the sent event in its topic, even if it has expired there; likewise
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
     * @param topicId Kafka's id of the topic, because a recreated topic has other records; empty if unknown
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

    /** An event, or a customer, that only Credyt knows. */
    public static EventRef atCredyt(
            String credytId,
            String account,
            CredytReference customer,
            Optional<Instant> acceptedAt,
            Optional<String> eventType) {
        return new EventRef("", credytId, account, customer, acceptedAt, eventType, Position.NONE, Position.NONE);
    }

    public EventRef ofType(String type) {
        return new EventRef(eventId, credytId, account, customer, acceptedAt, Optional.of(type), receipt, deliverable);
    }
}
