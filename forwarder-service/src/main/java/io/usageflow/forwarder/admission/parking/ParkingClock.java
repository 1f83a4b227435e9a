package io.usageflow.forwarder.admission.parking;

import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The clock by which parked events age. It is never ahead of this machine's clock, and does not follow a jump of that
 * clock: it advances by elapsed time and by the brokers' timestamps. So a clock that is set a month ahead expires no
 * parked event. Thread-safe; one for all tasks of an instance.
 *
 * <p>At the start it uses the machine's clock, which was compared with the brokers' before.
 */
public final class ParkingClock {
    private final LongSupplier elapsedMs;
    /** Added to elapsed time; guarded by this. */
    private long offsetMs;

    private boolean known;

    /** Takes a monotonic clock in milliseconds. */
    public ParkingClock(LongSupplier elapsedMs) {
        this.elapsedMs = elapsedMs;
    }

    /** Advances to a broker's append time, which may be long ago. */
    public synchronized void stamped(long appendedAtMs) {
        long elapsed = elapsedMs.getAsLong();
        if (known && appendedAtMs > elapsed + offsetMs) {
            offsetMs = appendedAtMs - elapsed;
        }
    }

    /** The current time; {@code wallMs} is this machine's clock. */
    public synchronized Instant now(long wallMs) {
        long elapsed = elapsedMs.getAsLong();
        if (!known) {
            known = true;
            offsetMs = wallMs - elapsed;
        }
        return Instant.ofEpochMilli(Math.min(wallMs, elapsed + offsetMs));
    }
}
