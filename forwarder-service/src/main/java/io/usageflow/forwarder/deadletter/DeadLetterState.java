package io.usageflow.forwarder.deadletter;

import io.usageflow.schema.DeadLetterMark;
import java.util.Optional;

/** The operator's answer to a dead letter. The words of {@code dead-letter-marks}, and {@code OPEN}. */
public enum DeadLetterState {
    /** Not answered. */
    OPEN,
    /**
     * Sent through the pipeline again. The outcome is a receipt, or another dead letter that names this one.
     */
    REPLAYED,
    /** Given up, with a reason. */
    DISCARDED;

    /**
     * Returns the state that a mark gives.
     *
     * @param mark the newest, empty where there is none
     * @return {@code REPLAYED} also for an unknown word of a newer version, so that it is not answered again
     */
    static DeadLetterState of(Optional<DeadLetterMark> mark) {
        return mark.map(answer -> answer.getState().equals(DISCARDED.name()) ? DISCARDED : REPLAYED)
                .orElse(OPEN);
    }
}
