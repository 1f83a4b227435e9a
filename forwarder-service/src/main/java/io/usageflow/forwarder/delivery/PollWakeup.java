package io.usageflow.forwarder.delivery;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Wakes the loop from its poll when an answer comes, at most once for each poll, and only while the poll waits: a wake-up costs
 * an exception, and a late one would hit the consumer's next call. Thread-safe.
 */
final class PollWakeup {
    private final AtomicBoolean listening = new AtomicBoolean();
    private final Runnable wakeUp;

    /** @param wakeUp the consumer's, which any thread may call */
    PollWakeup(Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    /** Before a poll: look for answers after this call, or one may be missed until the poll's end. */
    void arm() {
        listening.set(true);
    }

    void disarm() {
        listening.set(false);
    }

    void wakeUp() {
        if (listening.compareAndSet(true, false)) {
            wakeUp.run();
        }
    }
}
