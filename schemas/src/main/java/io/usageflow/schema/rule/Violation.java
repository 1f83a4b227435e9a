package io.usageflow.schema.rule;

/**
 * One broken rule. Immutable.
 *
 * @param field which part of the event; closed, so that admission can map it to a dead letter's reason
 * @param path where exactly, in the words of the schema: {@code data.model}, {@code costs[1].amount}
 * @param message one sentence for people: the path, the rule and the remedy; holds no more than a short excerpt of the
 *     offending value
 */
public record Violation(Field field, String path, String message) {

    /** The parts of an event that rules speak of. */
    public enum Field {
        ID,
        EVENT_TYPE,
        ACCOUNT,
        /** {@code customer_id}, {@code customer_external_id}. */
        REFERENCE,
        /** {@code subject}, {@code description}, {@code source}. */
        TEXT,
        /** {@code occurred_at}. */
        TIME,
        DATA,
        /** A cost's id, vendor, description or metadata, or the number of costs. */
        COST,
        AMOUNT,
        CURRENCY,
        SIZE
    }
}
