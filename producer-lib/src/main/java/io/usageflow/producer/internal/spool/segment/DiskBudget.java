package io.usageflow.producer.internal.spool.segment;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes of disk that all logs of one spool may use. Thread-safe. */
public final class DiskBudget {
    private final long bytesMax;
    private final AtomicLong used = new AtomicLong();

    public DiskBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    public boolean tryReserve(long bytes) {
        long now = used.get();
        while (now + bytes <= bytesMax) {
            if (used.compareAndSet(now, now + bytes)) {
                return true;
            }
            now = used.get();
        }
        return false;
    }

    /** For bytes that exist already, or that must be written in any case. */
    public void reserve(long bytes) {
        used.addAndGet(bytes);
    }

    public void release(long bytes) {
        used.addAndGet(-bytes);
    }

    public long used() {
        return used.get();
    }

    public long bytesMax() {
        return bytesMax;
    }
}
