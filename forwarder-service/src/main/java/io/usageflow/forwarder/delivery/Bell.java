package io.usageflow.forwarder.delivery;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Wakes the loop from its poll when an answer comes. Rings at most once a poll, and only while one waits: a wake-up costs
 * an exception, and one that comes too late would strike the consumer's next call. Thread-safe.
 */
final class Bell {
    private final AtomicBoolean listening = new AtomicBoolean();
    private final Runnable wakeUp;

    /** @param wakeUp the consumer's, which any thread may call */
    Bell(Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    /** Before a poll: look for answers after this call, or one may be missed until the poll's end. */
    void mayRing() {
        listening.set(true);
    }

    void silence() {
        listening.set(false);
    }

    void ring() {
        if (listening.compareAndSet(true, false)) {
            wakeUp.run();
        }
    }
}
