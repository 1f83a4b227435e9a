package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.clock.SteadyClock;
import java.time.Clock;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The two times of delivery: the wall clock, for what is written down and for what outlives a process, and a monotonic
 * one, for waits. Neither jumps when the machine's clock is set.
 */
record DeliveryClock(Clock wall, LongSupplier monotonic) {
    static DeliveryClock system() {
        return new DeliveryClock(new SteadyClock(Clock.systemUTC(), System::nanoTime), System::nanoTime);
    }

    Instant now() {
        return wall.instant();
    }

    long nanos() {
        return monotonic.getAsLong();
    }
}
