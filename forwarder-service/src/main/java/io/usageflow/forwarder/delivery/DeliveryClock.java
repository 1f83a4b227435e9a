package io.usageflow.forwarder.delivery;

import java.time.Clock;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The two times of delivery: the wall clock, for what is written down, and a monotonic one, for waits, which must not
 * jump when the wall clock is set.
 */
record DeliveryClock(Clock wall, LongSupplier monotonic) {
    static DeliveryClock system() {
        return new DeliveryClock(Clock.systemUTC(), System::nanoTime);
    }

    Instant now() {
        return wall.instant();
    }

    long nanos() {
        return monotonic.getAsLong();
    }
}
