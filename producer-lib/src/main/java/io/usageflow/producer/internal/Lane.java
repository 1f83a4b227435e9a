package io.usageflow.producer.internal;

import io.usageflow.producer.BufferFullException;
import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublisherClosedException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one topic, in order. While the lane is open a parcel goes to Kafka on its caller's own thread. While Kafka's
 * metadata or the registry is missing the lane is closed: parcels wait in its room, bounded by bytes, and the usher's
 * thread sends them as soon as that works. So no caller waits for either.
 *
 * <p><b>Order.</b> What one thread publishes is never overtaken by what it publishes later: the lane opens only under the
 * lock with an empty room, and a parcel leaves the room only after Kafka has taken it; a parcel that finds the lane open
 * under the lock goes back to the direct way.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final Duration COMPLAIN_AFTER = Duration.ofSeconds(5);

    private final String topic;
    private final Outlet outlet;
    private final Bounds bounds;
    private final boolean eager;
    private final Runnable callUsher;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Parcel<?>> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean closed;
    private volatile boolean open;

    // Both belong to the usher's thread.
    private boolean warm;
    private boolean complained;

    /**
     * @param bytesMax of the waiting room, and of Kafka's buffer
     * @param blockMsMax how long a caller may wait for room, 0 for not at all
     * @param waitMsMax how long a parcel may wait in the room before it fails
     * @param drops whether a parcel without room is one that the application means to lose
     */
    record Bounds(long bytesMax, long blockMsMax, long waitMsMax, boolean drops) {}

    /**
     * @param eager whether to learn ahead of the first record what it would need
     * @param callUsher wakes the usher's thread
     */
    Lane(String topic, Outlet outlet, Bounds bounds, boolean eager, Runnable callUsher) {
        this.topic = topic;
        this.outlet = outlet;
        this.bounds = bounds;
        this.eager = eager;
        this.callUsher = callUsher;
    }

    /**
     * Encodes the parcel at once if that needs no waiting.
     *
     * @return whether it is encoded
     */
    boolean encode(Parcel<?> parcel) {
        return open && outlet.encode(parcel);
    }

    /** Sends the parcel, lets it wait, or fails it. Returns at once, or within the time a caller may wait for room. */
    void accept(Parcel<?> parcel) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(bounds.blockMsMax);
        boolean shut = false;
        while (true) {
            if (open && !shut) {
                switch (outlet.attempt(parcel)) {
                    case TAKEN, FAILED -> {
                        return;
                    }
                    case NO_ROOM -> {
                        parcel.fail(new BufferFullException(parcel.id(), bounds.bytesMax, bounds.drops));
                        return;
                    }
                    case LATER -> shut = true;
                }
            }
            lock.lock();
            try {
                if (shut) {
                    open = false;
                }
                if (!open) {
                    if (closed) {
                        parcel.fail(new PublisherClosedException(parcel.id()));
                        return;
                    }
                    if (tryQueue(parcel)) {
                        return;
                    }
                    if (!awaitRoom(deadlineNanos)) {
                        parcel.fail(new BufferFullException(parcel.id(), bounds.bytesMax, bounds.drops));
                        return;
                    }
                }
                shut = false;
            } finally {
                lock.unlock();
            }
        }
    }

    /** How far {@link #drain} came. */
    enum Drained {
        /** Nothing is left to do. */
        ALL,
        /** Something left the room, then something was missing; another try is due soon. */
        SOME,
        /** Something is missing; another try is due. */
        NONE
    }

    /** Sends what waits, as far as that works; the usher's thread only. */
    Drained drain() {
        boolean moved = false;
        while (true) {
            Parcel<?> head = headOrOpen();
            if (head != null) {
                if (!send(head)) {
                    return moved ? Drained.SOME : Drained.NONE;
                }
                leave(head);
                moved = true;
            } else if (warm || !eager) {
                return Drained.ALL;
            } else {
                // Around again: the room may have filled meanwhile, and only an empty one opens the lane.
                warm = outlet.warm();
                if (!warm) {
                    return Drained.NONE;
                }
            }
        }
    }

    /** From here on nothing is accepted; what waits still goes out. */
    void close() {
        lock.lock();
        try {
            closed = true;
            open = false;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Empties the room; after {@link #close}. */
    List<Parcel<?>> abandon() {
        lock.lock();
        try {
            List<Parcel<?>> abandoned = new ArrayList<>(waiting);
            waiting.clear();
            waitingBytes = 0;
            return abandoned;
        } finally {
            lock.unlock();
        }
    }

    private boolean tryQueue(Parcel<?> parcel) {
        if (waitingBytes + parcel.bytes() > bounds.bytesMax) {
            return false;
        }
        parcel.acceptedAt(System.nanoTime());
        waiting.add(parcel);
        waitingBytes += parcel.bytes();
        if (waiting.size() == 1) {
            callUsher.run();
        }
        return true;
    }

    /** @return false when the caller has waited long enough */
    private boolean awaitRoom(long deadlineNanos) {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
            return false;
        }
        try {
            // The answer does not matter: the caller looks again, and comes back here when there is no room.
            long unused = room.awaitNanos(left);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The next to send; null, with the lane opened if it may be, when none waits. */
    private @Nullable Parcel<?> headOrOpen() {
        lock.lock();
        try {
            Parcel<?> head = waiting.peek();
            if (head == null && warm && !closed && !open) {
                open = true;
                if (complained) {
                    complained = false;
                    LOG.info("publishing again, topic={}", topic);
                }
            }
            return head;
        } finally {
            lock.unlock();
        }
    }

    /** @return false when it has to stay */
    private boolean send(Parcel<?> head) {
        if (isOverdue(head)) {
            Throwable cause = head.hindrance();
            String why = "it waited longer than delivery.timeout.ms (" + bounds.waitMsMax + " ms)"
                    + (cause == null ? "" : ": " + cause.getMessage());
            head.fail(new NotDurableException(head.id(), RefusalReason.TIMEOUT, why, cause));
            return true;
        }
        switch (outlet.attempt(head)) {
            case TAKEN -> {
                // A tombstone has no schema: it teaches nothing of what an open lane must know.
                warm |= head.value() != null;
                return true;
            }
            case FAILED -> {
                return true;
            }
            case LATER, NO_ROOM -> {
                complain(head);
                return false;
            }
        }
        throw new IllegalStateException("no attempt ends otherwise");
    }

    private boolean isOverdue(Parcel<?> parcel) {
        return System.nanoTime() - parcel.acceptedAtNanos() > TimeUnit.MILLISECONDS.toNanos(bounds.waitMsMax);
    }

    private void leave(Parcel<?> head) {
        lock.lock();
        try {
            // After abandon() the head is gone already.
            if (waiting.peek() == head) {
                waiting.remove();
                waitingBytes -= head.bytes();
                room.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** That the first contact takes its time after a start is nothing to tell. */
    private void complain(Parcel<?> head) {
        if (!complained && System.nanoTime() - head.acceptedAtNanos() > COMPLAIN_AFTER.toNanos()) {
            complained = true;
            Throwable cause = head.hindrance();
            LOG.warn(
                    "publishing waits in memory, topic={} because={}",
                    topic,
                    VisibleText.logged(cause == null ? "Kafka's buffer is full" : cause));
        }
    }
}
