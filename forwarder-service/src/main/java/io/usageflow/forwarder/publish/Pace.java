package io.usageflow.forwarder.publish;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Holds a run to a rate: the n-th event is not before n divided by the rate, and time in which nothing could be sent is
 * not made up for by more than a second's worth. Not thread-safe.
 */
public final class Pace {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final OptionalDouble perSecond;
    private final LongSupplier nanos;
    private final Consumer<Duration> wait;
    private long due;
    private boolean begun;

    private Pace(OptionalDouble perSecond, LongSupplier nanos, Consumer<Duration> wait) {
        this.perSecond = perSecond;
        this.nanos = nanos;
        this.wait = wait;
    }

    /** As fast as it goes. */
    public static Pace unbounded() {
        return new Pace(OptionalDouble.empty(), () -> 0, time -> {});
    }

    /**
     * Makes a pace.
     *
     * @param perSecond above 0
     * @param nanos a clock such as {@link System#nanoTime}
     * @param wait waits for so long at most; less where the run is to stop
     */
    public static Pace of(double perSecond, LongSupplier nanos, Consumer<Duration> wait) {
        return new Pace(OptionalDouble.of(perSecond), nanos, wait);
    }

    /** Waits until the next event is due, or the run is to stop. */
    void awaitNext() {
        if (perSecond.isEmpty()) {
            return;
        }
        long now = nanos.getAsLong();
        if (!begun || now - due > SECOND_NANOS) {
            due = begun ? now - SECOND_NANOS : now;
            begun = true;
        }
        if (due - now > 0) {
            wait.accept(Duration.ofNanos(due - now));
        }
        due += (long) (SECOND_NANOS / perSecond.getAsDouble());
    }
}
