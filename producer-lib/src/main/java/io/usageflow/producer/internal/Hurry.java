package io.usageflow.producer.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Kafka from lingering while somebody waits for what was published. On a thread of its own, since
 * {@link Producer#flush} waits without a bound; and again and again, since it does not know of what still stands in a
 * lane's room. Thread-safe.
 */
final class Hurry {
    private static final Logger LOG = LoggerFactory.getLogger(Hurry.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Producer<?, ?> producer;
    private final AtomicInteger waiters = new AtomicInteger();
    private final AtomicBoolean running = new AtomicBoolean();

    Hurry(Producer<?, ?> producer) {
        this.producer = producer;
    }

    void during(Runnable waiting) {
        waiters.incrementAndGet();
        try {
            start();
            waiting.run();
        } finally {
            waiters.decrementAndGet();
        }
    }

    private void start() {
        if (running.compareAndSet(false, true)) {
            Thread thread = new Thread(this::run, "usageflow-flush");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run() {
        try {
            while (waiters.get() > 0) {
                producer.flush();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (RuntimeException e) {
            // Of a client that is being closed, say; the events' own futures tell what became of them.
            LOG.debug("flush ended early", e);
            return;
        } finally {
            running.set(false);
        }
        // Somebody may have come between the last look and the line above, and have started no thread.
        if (waiters.get() > 0) {
            start();
        }
    }
}
