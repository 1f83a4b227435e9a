package io.usageflow.forwarder.reconcile;

/**
 * One field that differs.
 *
 * @param field its path, such as {@code costs[0].amount} or {@code data.total_tokens}
 * @param ours as it was sent, as JSON; {@code -} where it was not
 * @param theirs as Credyt has it, as JSON; {@code -} where it has not
 */
public record Difference(String field, String ours, String theirs) {
    static final String NONE = "-";
}
