package io.usageflow.forwarder.clock;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
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

    /**
     * The wall clock as it was when this was made, and the time that has passed since. It does not follow a clock that is set
     * while the process runs, so that no budget and no deadline is spent, or given again, by that. UTC. Thread-safe.
     */
    public static final class SteadyClock extends Clock {
        private final Instant start;
        private final long startNanos;
        private final LongSupplier nanos;

        /** @param nanos of any monotonic clock */
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
