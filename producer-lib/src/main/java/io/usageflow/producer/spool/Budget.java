package io.usageflow.producer.spool;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of disk the spool may take, over all its logs. Thread-safe. */
final class Budget {
    private final long bytesMax;
    private final AtomicLong used = new AtomicLong();

    Budget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    boolean tryTake(long bytes) {
        long now = used.get();
        while (now + bytes <= bytesMax) {
            if (used.compareAndSet(now, now + bytes)) {
                return true;
            }
            now = used.get();
        }
        return false;
    }

    /** For what is there already, or must be written come what may. */
    void take(long bytes) {
        used.addAndGet(bytes);
    }

    void give(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }

    long bytesMax() {
        return bytesMax;
    }
}
