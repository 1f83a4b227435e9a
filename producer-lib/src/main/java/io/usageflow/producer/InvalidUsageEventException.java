package io.usageflow.producer;

import io.usageflow.schema.rule.Violation;
import java.util.List;

/**
 * The event or the link breaks a rule; nothing was sent. The message names the field, the rule and the remedy. Thrown
 * by the call itself, never through the future: a retry fails again, the calling code must change.
 */
public final class InvalidUsageEventException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String field;

    public InvalidUsageEventException(String field, String message) {
        super(message);
        this.field = field;
    }

    /**
     * @param violations at least one; the first gives the field, the message lists all
     * @throws IndexOutOfBoundsException for an empty list
     */
    public InvalidUsageEventException(List<Violation> violations) {
        this(violations.get(0).path(), text(violations));
    }

    /** The field that breaks the rule, named as in the schema: {@code account_id}, {@code costs[0].amount}. */
    public String field() {
        return field;
    }

    private static String text(List<Violation> violations) {
        StringBuilder text = new StringBuilder();
        for (Violation violation : violations) {
            text.append(text.length() == 0 ? "" : "; ").append(violation.message());
        }
        return text.toString();
    }
}
