package io.usageflow.forwarder.deadletter;

import io.usageflow.schema.DeadLetterMark;
import java.util.Optional;

/** What a person has answered to a dead letter so far. The words of {@code dead-letter-marks}, and {@code OPEN}. */
public enum DeadLetterState {
    /** Nobody has answered. */
    OPEN,
    /**
     * Sent through the pipeline again; how that ended is told by a receipt, or by a dead letter that is a replay of
     * it.
     */
    REPLAYED,
    /** Given up, with a reason. */
    DISCARDED;

    /**
     * Returns the state that a mark gives.
     *
     * @param mark the newest, empty where there is none
     * @return an unknown word, of a newer version, is taken as an answer too: what is answered is not answered again
     */
    static DeadLetterState of(Optional<DeadLetterMark> mark) {
        return mark.map(answer -> answer.getState().equals(DISCARDED.name()) ? DISCARDED : REPLAYED)
                .orElse(OPEN);
    }
}
