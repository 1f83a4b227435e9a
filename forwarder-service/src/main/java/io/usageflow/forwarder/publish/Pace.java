package io.usageflow.forwarder.publish;

import io.usageflow.forwarder.clock.RateLimiter;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Holds a run to a rate. After a pause it sends faster for at most a second's worth of events. Not thread-safe. */
public final class Pace {
    private static final Duration BURST = Duration.ofSeconds(1);

    private final double perSecond;
    private final LongSupplier nanos;
    private final Consumer<Duration> wait;
    private @Nullable RateLimiter limiter;

    private Pace(double perSecond, LongSupplier nanos, Consumer<Duration> wait) {
        this.perSecond = perSecond;
        this.nanos = nanos;
        this.wait = wait;
    }

    /** Does not wait. */
    public static Pace unbounded() {
        return new Pace(Double.POSITIVE_INFINITY, () -> 0, time -> {});
    }

    /**
     * Makes a pace.
     *
     * @param perSecond above 0
     * @param nanos a clock such as {@link System#nanoTime}
     * @param wait waits at most that long; less if the run is to stop
     */
    public static Pace of(double perSecond, LongSupplier nanos, Consumer<Duration> wait) {
        return new Pace(perSecond, nanos, wait);
    }

    /** Waits until the next event is due, or the run is to stop. */
    void awaitNext() {
        long now = nanos.getAsLong();
        if (limiter == null) {
            limiter = new RateLimiter(perSecond, BURST, now);
        }
        if (limiter.waitNanos(now) > 0) {
            wait.accept(Duration.ofNanos(limiter.waitNanos(now)));
        }
        limiter.acquire(now);
    }
}
