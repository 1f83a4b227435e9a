package io.usageflow.forwarder.replay;

/**
 * How the replay of one dead letter ended.
 *
 * @param deadLetterId of the one that was replayed
 * @param kind the same word everywhere
 * @param detail for people; empty for {@link Kind#DELIVERED}
 */
public record CanaryOutcome(String deadLetterId, Kind kind, String detail) {

    /** Closed. */
    public enum Kind {
        /** Credyt has it: its receipt is there. */
        DELIVERED,
        /** It became a dead letter again. */
        DEAD_LETTER,
        /** Admission has read it, and it waits for a link. */
        PARKED,
        /** Admitted, and not delivered in time. */
        NOT_DELIVERED,
        /** Not even admitted in time. */
        NOT_ADMITTED
    }

    public boolean failed() {
        return kind != Kind.DELIVERED;
    }
}
