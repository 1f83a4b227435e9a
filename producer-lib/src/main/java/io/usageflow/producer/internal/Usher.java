package io.usageflow.producer.internal;

import io.usageflow.producer.internal.Lane.Drained;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that may wait for Kafka's metadata and for the registry: sends what stands in the lanes' rooms, and
 * sleeps while there is nothing to do. Where something is missing it tries again after 10 ms, then,
 * while nothing moves, after twice as long up to a second.
 */
final class Usher {
    private static final Logger LOG = LoggerFactory.getLogger(Usher.class);
    private static final long PAUSE_MS_MIN = 10;
    private static final long PAUSE_MS_MAX = 1_000;
    private static final long STOP_MS_MAX = 1_000;

    private final Thread thread;
    private volatile List<Lane> lanes = List.of();
    private volatile boolean stopped;

    Usher(String name) {
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start(List<Lane> lanes) {
        this.lanes = List.copyOf(lanes);
        thread.start();
    }

    /** Something waits in a lane that was empty. */
    void call() {
        LockSupport.unpark(thread);
    }

    /** Returns when the thread has ended, or after a second: a registry's socket does not always heed an interrupt. */
    void stop() {
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

    /** Of all lanes: ALL if every one is done, SOME if anything moved. */
    private Drained drainAll() {
        boolean done = true;
        boolean moved = false;
        for (Lane lane : lanes) {
            Drained drained = drain(lane);
            done &= drained == Drained.ALL;
            moved |= drained == Drained.SOME;
        }
        return done ? Drained.ALL : moved ? Drained.SOME : Drained.NONE;
    }

    private static Drained drain(Lane lane) {
        try {
            return lane.drain();
        } catch (RuntimeException | Error e) {
            // A fault of ours, or a serializer whose own jars are missing. This thread must not die of it: what waits
            // stays,
            // is tried again, and in the end fails by its deadline, instead of leaving its futures open for ever.
            LOG.error("could not send what waits", e);
            return Drained.NONE;
        }
    }
}
