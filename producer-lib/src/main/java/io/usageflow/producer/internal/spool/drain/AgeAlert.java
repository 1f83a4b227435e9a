package io.usageflow.producer.internal.spool.drain;

import java.time.Duration;

/** Reports once when the oldest event becomes too old, and once when none is any more. Not thread-safe. */
final class AgeAlert {
    private final long ageMsMax;
    private boolean raised;

    enum Change {
        NONE,
        RAISED,
        CLEARED
    }

    AgeAlert(Duration ageMax) {
        this.ageMsMax = ageMax.toMillis();
    }

    /**
     * @param waiting whether any event waits
     * @param oldestAtMs when the oldest one was published
     */
    Change update(long nowMs, boolean waiting, long oldestAtMs) {
        boolean tooOld = waiting && nowMs - oldestAtMs > ageMsMax;
        if (tooOld == raised) {
            return Change.NONE;
        }
        raised = tooOld;
        return tooOld ? Change.RAISED : Change.CLEARED;
    }
}
