package io.usageflow.forwarder.deadletter;

import java.util.Locale;

/** The stage that could not process an event. */
public enum DeadLetterStage {
    ADMISSION,
    DELIVERY;

    /** The stage's word in a dead letter, a metric's label and a ledger entry's key. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
