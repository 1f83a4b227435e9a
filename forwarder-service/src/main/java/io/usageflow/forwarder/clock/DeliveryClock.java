package io.usageflow.forwarder.clock;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * The two clocks of delivery: a wall clock for times in records and for budgets that outlive a process, and a monotonic
 * clock for waits. Neither jumps when the machine's clock is set.
 */
public record DeliveryClock(Clock wall, LongSupplier monotonic) {
    public static DeliveryClock system() {
        return steady(Clock.systemUTC(), System::nanoTime);
    }

    /** Reads the machine's clock once, and then follows the monotonic clock. */
    public static DeliveryClock steady(Clock machine, LongSupplier monotonic) {
        return new DeliveryClock(new SteadyClock(machine, monotonic), monotonic);
    }

    public Instant now() {
        return wall.instant();
    }

    public long nanos() {
        return monotonic.getAsLong();
    }

    /**
     * The wall clock's time at creation plus the time that has passed since. It does not follow changes of the
     * machine's clock, so such a change neither spends nor restores a budget or a deadline. UTC. Thread-safe.
     */
    public static final class SteadyClock extends Clock {
        private final Instant start;
        private final long startNanos;
        private final LongSupplier nanos;

        /** @param nanos a monotonic clock */
        public SteadyClock(Clock wall, LongSupplier nanos) {
            this.start = wall.instant();
            this.startNanos = nanos.getAsLong();
            this.nanos = nanos;
        }

        @Override
        public Instant instant() {
            return start.plusNanos(nanos.getAsLong() - startNanos);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
