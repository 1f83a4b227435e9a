package io.usageflow.producer.spool;

import org.jspecify.annotations.Nullable;

/** A record between the spool and Kafka's answer. Kafka's thread answers, the drainer's reads. */
final class Underway implements Carrier.Answer {
    private final SpoolRecord record;
    private final Runnable onFailure;

    private @Nullable String why;
    private Carrier.Verdict verdict = Carrier.Verdict.LATER;
    private boolean suspect;
    private volatile State state = State.OPEN;

    enum State {
        OPEN,
        /** Kafka has it, or it was set aside. */
        SETTLED,
        FAILED
    }

    /** @param onFailure run on the thread that answers */
    Underway(SpoolRecord record, Runnable onFailure) {
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
        state = State.SETTLED;
    }

    @Override
    public void failed(String reason, Carrier.Verdict judged) {
        why = reason;
        verdict = judged;
        // Last: whoever sees it sees the reason, too.
        state = State.FAILED;
        onFailure.run();
    }

    /** After a failure. */
    String why() {
        return String.valueOf(why);
    }

    Carrier.Verdict verdict() {
        return verdict;
    }

    /** To be sent once more. */
    void reopen() {
        state = State.OPEN;
    }

    /** To be sent alone the next time, so that what is said then is said of it. */
    void suspect() {
        suspect = true;
    }

    boolean isSuspect() {
        return suspect;
    }

    void settle() {
        state = State.SETTLED;
    }
}
