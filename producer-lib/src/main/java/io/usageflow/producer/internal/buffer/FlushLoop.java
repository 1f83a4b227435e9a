package io.usageflow.producer.internal.buffer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flushes Kafka's producer while a caller waits for published records. Runs on its own thread, because {@link
 * Producer#flush} blocks without a bound, and in a loop, because a flush does not cover records that still wait in a
 * {@link TopicBuffer}. Thread-safe.
 */
public final class FlushLoop {
    private static final Logger LOG = LoggerFactory.getLogger(FlushLoop.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Producer<?, ?> producer;
    private final AtomicInteger waiters = new AtomicInteger();
    private final AtomicBoolean running = new AtomicBoolean();

    public FlushLoop(Producer<?, ?> producer) {
        this.producer = producer;
    }

    public void flushWhile(Runnable waiting) {
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
            // For example a producer that is being closed. The records' own futures report their result.
            LOG.debug("event=flush_ended_early", e);
            return;
        } finally {
            running.set(false);
        }
        // A waiter may have arrived between the last check and running=false, and have started no thread.
        if (waiters.get() > 0) {
            start();
        }
    }
}
