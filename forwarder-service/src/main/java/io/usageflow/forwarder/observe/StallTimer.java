package io.usageflow.forwarder.observe;

import java.time.Duration;

/** For how long work has waited and nothing was done. Pure: time is given. Thread-safe. */
public final class StallTimer {
    private long done = Long.MIN_VALUE;
    private long movedNanos;

    /** @param nowNanos from now on it counts */
    public StallTimer(long nowNanos) {
        movedNanos = nowNanos;
    }

    /**
     * What there is at this moment.
     *
     * @param waiting whether there is anything to do
     * @param total of what was ever done
     */
    public synchronized void look(boolean waiting, long total, long nowNanos) {
        if (!waiting || total != done) {
            movedNanos = nowNanos;
        }
        done = total;
    }

    public synchronized Duration stalled(long nowNanos) {
        return Duration.ofNanos(nowNanos - movedNanos);
    }
}
