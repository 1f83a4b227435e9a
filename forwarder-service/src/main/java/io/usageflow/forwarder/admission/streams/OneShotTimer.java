package io.usageflow.forwarder.admission.streams;

import java.time.Duration;
import java.util.function.LongConsumer;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * Work that a task has to do once, some time from now by the wall clock. Streams knows only schedules that go on for
 * ever, and commits a transaction after each beat of one, although nothing has happened: an idle task would keep the
 * broker busy. Belongs to one task.
 */
public final class OneShotTimer {
    private final ProcessorContext<?, ?> context;
    private final LongConsumer work;
    private @Nullable Cancellable set;

    public OneShotTimer(ProcessorContext<?, ?> context, LongConsumer work) {
        this.context = context;
        this.work = work;
    }

    /** Nothing where it is set already. */
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
