package io.usageflow.forwarder.deadletter;

import java.util.Arrays;
import java.util.Optional;

/**
 * The reason of a dead letter. Closed; the word is the same in the dead letter, the metric's label and the command
 * line. Tools route on it, never on text.
 */
public enum DeadLetterReason {
    UNDECODABLE("The bytes are not an Avro record in Confluent's wire format."),
    UNKNOWN_SCHEMA("The registry does not know the record's schema id, or the schema is not a UsageEvent."),
    INVALID_ID("The event's id is empty, too long, or has characters that are not printable."),
    INVALID_EVENT_TYPE("The event type is empty, too long, or has characters that are not printable."),
    INVALID_ACCOUNT("The account is empty, too long, or has characters that are not printable."),
    INVALID_REFERENCE("The explicit customer reference is malformed, or there are two of them."),
    INVALID_TEXT("Subject, description or source is too long or has control characters."),
    INVALID_TIME("occurred_at is outside what Credyt's timestamps can say."),
    INVALID_DATA("An entry of data breaks a rule: its key, its size, its nesting, or it is not JSON."),
    INVALID_COST("A cost breaks a rule: its id, vendor, description, metadata, or there are too many costs."),
    INVALID_AMOUNT("A cost's amount is negative or has more digits than allowed."),
    INVALID_CURRENCY("A cost's currency is not an ISO 4217 code."),
    TOO_LARGE("The event is larger than allowed."),
    NOT_ALLOWED("The forwarder's rules do not let the event's service bill the account, or name a customer itself."),
    TOO_OLD("The event is older than the dedup window can vouch for: a repeat could not be told from a first."),
    IN_FUTURE("The event's time, or the time inside its id, is later than clock skew explains."),
    ID_CONFLICT("The id was admitted before with other billable content."),
    UNMAPPED_CUSTOMER("No customer link arrived for the account within the age limit of parked events."),
    UNMAPPED_VENDOR("No vendor link arrived for a cost's vendor within the age limit of parked events."),
    NOT_BILLABLE("Credyt would accept the event and charge nothing for it, by its catalogue."),
    REJECTED("Credyt refused this event itself."),
    CUSTOMER_UNKNOWN("Credyt does not know the customer, and went on not to know it for the time allowed."),
    CUSTOMER_BLOCKED("Deliveries for this customer failed for long while Credyt was well."),
    NO_FUNDS("Credyt refused the customer for lack of funds for longer than delivery may hold its events."),
    FAILS_ALONE("Every request with this event alone failed, while other events of its customer were accepted."),
    CREDYT_UNAVAILABLE("The event waited longer for Credyt than delivery.outage.deadline allows."),
    UNDELIVERABLE("The deliverable record cannot be read or encoded: a fault of the forwarder, not of the event.");

    private final String meaning;

    DeadLetterReason(String meaning) {
        this.meaning = meaning;
    }

    /** Empty if a newer forwarder wrote a word that this version does not know. */
    public static Optional<DeadLetterReason> named(String word) {
        return Arrays.stream(values())
                .filter(reason -> reason.name().equals(word))
                .findFirst();
    }

    /** One sentence for people. */
    public String meaning() {
        return meaning;
    }
}
