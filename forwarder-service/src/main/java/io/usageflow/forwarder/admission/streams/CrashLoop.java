package io.usageflow.forwarder.admission.streams;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether threads die in a loop: several within a short time, and no transaction was committed since. One that dies now and
 * then, or while nothing comes, is no loop. Pure: time is given. Thread-safe.
 */
public final class CrashLoop {
    static final int LOOP = 2;
    static final Duration WITHIN = Duration.ofMinutes(2);

    private int deaths;
    private long lastNanos;
    private String why = "";

    public synchronized void died(Throwable failure, long nowNanos) {
        deaths = within(nowNanos) ? deaths + 1 : 1;
        lastNanos = nowNanos;
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        why = root.toString();
    }

    public synchronized void committed() {
        deaths = 0;
    }

    /** Why the last one died; empty where there is no loop. */
    public synchronized Optional<String> loop(long nowNanos) {
        return deaths >= LOOP && within(nowNanos) ? Optional.of(why) : Optional.empty();
    }

    private boolean within(long nowNanos) {
        return deaths > 0 && nowNanos - lastNanos < WITHIN.toNanos();
    }
}
