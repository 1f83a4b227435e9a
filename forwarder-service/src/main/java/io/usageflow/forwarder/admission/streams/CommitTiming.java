package io.usageflow.forwarder.admission.streams;

import io.usageflow.forwarder.admission.source.PollTiming;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a stream thread's transaction is committed. A transaction costs the same for one event as for a
 * thousand, so events wait for others: few for the latency target, many half as long, and one after a pause for a
 * quarter. A thread's tasks share its transaction, so there is one instance for each thread.
 */
public final class CommitTiming {
    /** From this many records on, a transaction is worth its cost. In half of 100 ms, 400 a second. */
    static final int MANY = 20;

    /** Without a record for this long, the next one is unlikely to get company. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private static final ThreadLocal<CommitTiming> OF_THREAD =
            ThreadLocal.withInitial(() -> new CommitTiming(System::nanoTime));

    private final LongSupplier nanoClock;
    /** Of the task that handled the transaction's first record; null if there is none. */
    private @Nullable OneShotTimer alarm;

    private int handled;
    private boolean requested;
    private long firstNanos;
    private long latestNanos;

    CommitTiming(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.latestNanos = nanoClock.getAsLong() - PAUSE.toNanos();
    }

    public static CommitTiming ofThisThread() {
        return OF_THREAD.get();
    }

    /** Notes that the transaction has handled a record of this task. */
    public void recordHandled(ProcessorContext<?, ?> context, Duration latencyTarget) {
        long now = nanoClock.getAsLong();
        handled++;
        if (alarm == null) {
            boolean paused = now - latestNanos >= PAUSE.toNanos();
            firstNanos = now;
            alarm = new OneShotTimer(context, due -> context.commit());
            alarm.schedule(paused ? latencyTarget.dividedBy(4) : latencyTarget);
        } else if (handled >= MANY && !requested && now - firstNanos >= latencyTarget.toNanos() / 2) {
            requested = true;
            context.commit();
        }
        latestNanos = now;
        PollTiming.ofThisThread().pauseFor(latencyTarget.dividedBy(4));
    }

    /** Called before each commit, and when a task closes without one. */
    public void transactionEnds() {
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
        handled = 0;
        requested = false;
    }
}
