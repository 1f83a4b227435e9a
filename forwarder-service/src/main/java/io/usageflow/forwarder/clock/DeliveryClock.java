package io.usageflow.forwarder.clock;

import java.time.Clock;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The two times of delivery: the wall clock, for what is written down and for what outlives a process, and a monotonic
 * one, for waits. Neither jumps when the machine's clock is set.
 */
public record DeliveryClock(Clock wall, LongSupplier monotonic) {
    public static DeliveryClock system() {
        return new DeliveryClock(new SteadyClock(Clock.systemUTC(), System::nanoTime), System::nanoTime);
    }

    public Instant now() {
        return wall.instant();
    }

    public long nanos() {
        return monotonic.getAsLong();
    }
}
