package io.usageflow.forwarder.admission.streams;

import java.time.Duration;
import java.util.function.LongConsumer;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * Commits soon under low load, for latency. Under high load it leaves the commit to the interval of Streams, for
 * throughput: a transaction costs the broker the same for ten events as for a thousand. Belongs to one task.
 */
public final class CommitTiming {
    /** Low load: at most this many records in the short interval; at 20 ms, 10,000 a second. */
    static final int FEW = 200;

    private final ProcessorContext<?, ?> context;
    private final Duration soon;
    private final OneShotTimer alarm;
    private int handled;

    public CommitTiming(ProcessorContext<?, ?> context, Duration soon) {
        this.context = context;
        this.soon = soon;
        this.alarm = new OneShotTimer(context, now -> due());
    }

    /** Notes that the transaction has handled a record. */
    public void recordHandled() {
        if (handled++ == 0) {
            alarm.schedule(soon);
        }
    }

    /** Called before each commit. */
    public void committing() {
        handled = 0;
    }

    private void due() {
        if (handled > 0 && handled < FEW) {
            context.commit();
        }
    }

    /**
     * Runs work once, after a delay by the wall clock. Streams has only repeating schedules and commits a transaction
     * after each run, so an idle task would keep the broker busy. Belongs to one task.
     */
    public static final class OneShotTimer {
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
            }
        }

        private void fire(long now) {
            Cancellable rung = set;
            if (rung != null) {
                rung.cancel();
                set = null;
                work.accept(now);
            }
        }
    }
}
