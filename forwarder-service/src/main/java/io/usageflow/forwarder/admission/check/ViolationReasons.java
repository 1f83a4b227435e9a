package io.usageflow.forwarder.admission.check;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.schema.rule.Violation;
import java.util.List;
import java.util.stream.Collectors;

/** Maps a broken rule to the reason in the dead letter. Pure. */
public final class ViolationReasons {
    private ViolationReasons() {}

    public static DeadLetterReason of(Violation.Field field) {
        return switch (field) {
            case ID -> DeadLetterReason.INVALID_ID;
            case EVENT_TYPE -> DeadLetterReason.INVALID_EVENT_TYPE;
            case ACCOUNT -> DeadLetterReason.INVALID_ACCOUNT;
            case REFERENCE -> DeadLetterReason.INVALID_REFERENCE;
            case TEXT -> DeadLetterReason.INVALID_TEXT;
            case TIME -> DeadLetterReason.INVALID_TIME;
            case DATA -> DeadLetterReason.INVALID_DATA;
            case COST -> DeadLetterReason.INVALID_COST;
            case AMOUNT -> DeadLetterReason.INVALID_AMOUNT;
            case CURRENCY -> DeadLetterReason.INVALID_CURRENCY;
            case SIZE -> DeadLetterReason.TOO_LARGE;
        };
    }

    /** All violations, so that one correction of the event is enough. */
    public static String detail(List<Violation> violations) {
        return violations.stream().map(Violation::message).collect(Collectors.joining("; "));
    }
}
