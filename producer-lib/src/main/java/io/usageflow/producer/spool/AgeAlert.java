package io.usageflow.producer.spool;

import java.time.Duration;

/** Whether the oldest event has waited too long: told once when it begins and once when it is over. Not thread-safe. */
final class AgeAlert {
    private final long ageMsMax;
    private boolean raised;

    /** What has changed. */
    enum Change {
        NONE,
        RAISED,
        OVER
    }

    AgeAlert(Duration ageMax) {
        this.ageMsMax = ageMax.toMillis();
    }

    /**
     * @param waiting whether there is an oldest event
     * @param oldestAtMs when it was published
     */
    Change at(long nowMs, boolean waiting, long oldestAtMs) {
        boolean tooOld = waiting && nowMs - oldestAtMs > ageMsMax;
        if (tooOld == raised) {
            return Change.NONE;
        }
        raised = tooOld;
        return tooOld ? Change.RAISED : Change.OVER;
    }
}
