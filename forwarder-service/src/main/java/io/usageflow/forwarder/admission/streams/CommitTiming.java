package io.usageflow.forwarder.admission.streams;

import java.time.Duration;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * When a transaction ends: soon where little comes, so that an event need not wait; and where much comes, later, with the
 * interval of Streams, because a transaction costs the broker the same whether it holds ten events or a thousand. In a
 * backlog only throughput counts. Belongs to one task.
 */
public final class CommitTiming {
    /** What a task may have handled in the short interval to count as little; at 20 ms that is 10,000 a second. */
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

    /** A record was handled in the transaction. */
    public void recordHandled() {
        if (handled++ == 0) {
            alarm.schedule(soon);
        }
    }

    /** The transaction is about to be committed, for whatever reason. */
    public void committing() {
        handled = 0;
    }

    private void due() {
        if (handled > 0 && handled < FEW) {
            context.commit();
        }
    }
}
