package io.usageflow.forwarder.admission.parking;

import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The time by which parked events age. It never runs ahead of this machine's clock, and where that jumps ahead, it does not
 * follow: it advances by elapsed time, and by what brokers have stamped on records. A clock set a month ahead therefore
 * turns no parked event into a dead letter. Thread-safe; one for all tasks of an instance.
 *
 * <p>At the start it believes the machine's clock, which is compared with the brokers' before.
 */
public final class ParkingClock {
    private final LongSupplier elapsedMs;
    /** What to add to elapsed time; guarded by this. */
    private long offsetMs;

    private boolean known;

    /** @param elapsedMs counts milliseconds, and is not set by anybody */
    public ParkingClock(LongSupplier elapsedMs) {
        this.elapsedMs = elapsedMs;
    }

    /** A broker appended a record then, which may be long ago. */
    public synchronized void stamped(long appendedAtMs) {
        long elapsed = elapsedMs.getAsLong();
        if (known && appendedAtMs > elapsed + offsetMs) {
            offsetMs = appendedAtMs - elapsed;
        }
    }

    /** @param wallMs what this machine's clock says */
    public synchronized Instant now(long wallMs) {
        long elapsed = elapsedMs.getAsLong();
        if (!known) {
            known = true;
            offsetMs = wallMs - elapsed;
        }
        return Instant.ofEpochMilli(Math.min(wallMs, elapsed + offsetMs));
    }
}
