package io.usageflow.forwarder.admission.streams;

import io.usageflow.forwarder.admission.source.PollTiming;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongConsumer;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * Runs work once, after a delay by the wall clock. Streams has only repeating schedules and commits a transaction after
 * each run, so an idle task would keep the broker busy. Belongs to one task.
 */
public final class OneShotTimer {
    private final ProcessorContext<?, ?> context;
    private final LongConsumer work;
    private @Nullable Cancellable set;

    public OneShotTimer(ProcessorContext<?, ?> context, LongConsumer work) {
        this.context = context;
        this.work = work;
    }

    /** Does nothing if already scheduled. */
    public void schedule(Duration delay) {
        if (set == null) {
            set = context.schedule(delay, PunctuationType.WALL_CLOCK_TIME, this::fire);
            PollTiming.ofThisThread().returnWithin(delay);
        }
    }

    /**
     * Schedules the work for the next multiple of the interval, so that the tasks of a thread share the transaction
     * that Streams commits after it. Does nothing if already scheduled.
     */
    public void scheduleTogether(Duration interval) {
        if (set == null) {
            set = context.schedule(Instant.EPOCH, interval, PunctuationType.WALL_CLOCK_TIME, this::fire);
            PollTiming.ofThisThread().returnWithin(interval);
        }
    }

    public void cancel() {
        if (set != null) {
            set.cancel();
            set = null;
        }
    }

    private void fire(long now) {
        if (set != null) {
            cancel();
            work.accept(now);
        }
    }
}
