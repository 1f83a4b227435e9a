package io.usageflow.producer.internal.spool.drain;

import io.usageflow.producer.internal.spool.drain.SpoolSender.FailureKind;
import io.usageflow.producer.internal.spool.segment.SpoolRecord;
import org.jspecify.annotations.Nullable;

/** A record between the spool and Kafka's answer. Kafka's thread sets the answer, the drainer's thread reads it. */
final class InFlightRecord implements SpoolSender.Callback {
    private final SpoolRecord record;
    private final Runnable onFailure;

    private @Nullable String failure;
    private FailureKind failureKind = FailureKind.RETRIABLE;
    private boolean sendAlone;
    private volatile State state = State.OPEN;

    enum State {
        OPEN,
        /** Kafka has the record, or it was set aside. */
        SETTLED,
        FAILED
    }

    /** @param onFailure runs on the thread that reports the failure */
    InFlightRecord(SpoolRecord record, Runnable onFailure) {
        this.record = record;
        this.onFailure = onFailure;
    }

    SpoolRecord record() {
        return record;
    }

    State state() {
        return state;
    }

    @Override
    public void acknowledged() {
        settle();
    }

    @Override
    public void failed(String why, FailureKind kind) {
        failure = why;
        failureKind = kind;
        // Last: a thread that sees the state sees the reason too.
        state = State.FAILED;
        onFailure.run();
    }

    /** Set after a failure. */
    String failure() {
        return String.valueOf(failure);
    }

    FailureKind failureKind() {
        return failureKind;
    }

    /** Makes it ready to be sent again. */
    void reopen() {
        state = State.OPEN;
    }

    /** Sends it alone from now on, so that the next failure is known to be its own. */
    void sendAlone() {
        sendAlone = true;
    }

    boolean isSentAlone() {
        return sendAlone;
    }

    void settle() {
        state = State.SETTLED;
    }
}
