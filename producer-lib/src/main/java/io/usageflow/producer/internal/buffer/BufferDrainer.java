package io.usageflow.producer.internal.buffer;

import io.usageflow.producer.internal.buffer.TopicBuffer.Drained;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that may wait for Kafka's metadata and for the registry. Sends the records in the buffers, and sleeps
 * while they are empty. If Kafka or the registry is not available it retries after 10 ms, and doubles the pause up to a
 * second while no record moves.
 */
public final class BufferDrainer {
    private static final Logger LOG = LoggerFactory.getLogger(BufferDrainer.class);
    private static final long PAUSE_MS_MIN = 10;
    private static final long PAUSE_MS_MAX = 1_000;
    private static final long STOP_MS_MAX = 1_000;

    private final Thread thread;
    private volatile List<TopicBuffer> buffers = List.of();
    private volatile boolean stopped;

    public BufferDrainer(String name) {
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    public void start(List<TopicBuffer> buffers) {
        this.buffers = List.copyOf(buffers);
        thread.start();
    }

    /** Called when a buffer is no longer empty. */
    public void wake() {
        LockSupport.unpark(thread);
    }

    /** Returns when the thread has ended, or after a second: a socket read does not always react to an interrupt. */
    public void stop() {
        stopped = true;
        thread.interrupt();
        try {
            thread.join(STOP_MS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long pauseMs = PAUSE_MS_MIN;
        while (!stopped) {
            switch (drainAll()) {
                case ALL -> {
                    pauseMs = PAUSE_MS_MIN;
                    LockSupport.park(this);
                }
                case SOME -> {
                    pauseMs = PAUSE_MS_MIN;
                    LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(pauseMs));
                }
                case NONE -> {
                    LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(pauseMs));
                    pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX);
                }
            }
        }
    }

    /** ALL if every buffer is done, SOME if any record moved. */
    private Drained drainAll() {
        boolean done = true;
        boolean moved = false;
        for (TopicBuffer buffer : buffers) {
            Drained drained = drain(buffer);
            done &= drained == Drained.ALL;
            moved |= drained == Drained.SOME;
        }
        return done ? Drained.ALL : moved ? Drained.SOME : Drained.NONE;
    }

    private static Drained drain(TopicBuffer buffer) {
        try {
            return buffer.drain();
        } catch (RuntimeException | Error e) {
            // A bug, or a serializer whose jars are missing. It must not end this thread: the records stay, are
            // retried,
            // and fail at their deadline. Otherwise their futures would stay open for ever.
            LOG.error("event=buffer_drain_failed", e);
            return Drained.NONE;
        }
    }
}
