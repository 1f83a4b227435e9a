package io.usageflow.forwarder.reconcile;

import java.util.Locale;

/** What became of a missing event where a repair was asked for. Closed; the words are API. */
public enum RepairOutcome {
    /** A plan: nothing was sent. */
    WOULD_SEND,
    SENT,
    /** An earlier repair has sent it, and it may still be on its way. */
    SENT_BEFORE,
    /** What was sent has expired in Kafka. */
    EXPIRED;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
