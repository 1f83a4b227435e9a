package io.usageflow.forwarder.delivery;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Commits at once, or when the test says so. */
public final class HeldProducer extends MockProducer<byte[], byte[]> {
    private final Semaphore mayCommit = new Semaphore(0);
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean held;

    public HeldProducer() {
        super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** From now on each commit waits for a {@link #release}. */
    public void hold() {
        held = true;
    }

    /** Lets the commit that waits happen, and the following ones at once. */
    public void release() {
        held = false;
        mayCommit.release();
    }

    /** Whether a commit waits; it is the only one. */
    boolean isCommitting() {
        return waiting.get() == 1;
    }

    @Override
    public void commitTransaction() {
        if (held) {
            waiting.incrementAndGet();
            try {
                mayCommit.acquire();
            } catch (InterruptedException stopped) {
                throw new InterruptException(stopped);
            }
            waiting.decrementAndGet();
        }
        super.commitTransaction();
    }
}
