package io.usageflow.producer.internal.buffer;

import io.usageflow.producer.BufferFullException;
import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublisherClosedException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.internal.accounting.PendingRecord;
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
 * Sends one topic's records in order. While the path is <em>open</em>, a record goes to Kafka on its caller's own
 * thread. While Kafka's metadata or the registry is missing, the path is closed: records wait in this buffer, bounded
 * by bytes, and the {@link BufferDrainer} sends them when that works again. So no caller waits for either.
 *
 * <p><b>Order.</b> A record never overtakes an earlier one of the same thread: the path opens only under the lock with
 * an empty buffer, and a record leaves the buffer only after Kafka has accepted it. A record that finds the path open
 * under the lock is sent directly.
 */
public final class TopicBuffer {
    private static final Logger LOG = LoggerFactory.getLogger(TopicBuffer.class);
    private static final Duration WARN_AFTER = Duration.ofSeconds(5);

    private final String topic;
    private final RecordSender sender;
    private final Bounds bounds;
    private final boolean warmsUp;
    private final Runnable wakeDrainer;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<PendingRecord<?>> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean closed;
    private volatile boolean open;

    // Used by the drainer's thread only.
    private boolean warm;
    private boolean warned;

    /**
     * The bounds of a buffer.
     *
     * @param bytesMax of this buffer, and of Kafka's own
     * @param blockMsMax how long a caller may wait for room; 0: not at all
     * @param waitMsMax how long a record may wait in the buffer before it fails
     * @param drops whether a record without room counts as dropped ({@code publish.on.full=drop})
     */
    public record Bounds(long bytesMax, long blockMsMax, long waitMsMax, boolean drops) {}

    /**
     * Creates a closed path; the drainer opens it.
     *
     * @param warmsUp whether to fetch metadata and the schema id before the first record
     * @param wakeDrainer wakes the drainer's thread
     */
    public TopicBuffer(String topic, RecordSender sender, Bounds bounds, boolean warmsUp, Runnable wakeDrainer) {
        this.topic = topic;
        this.sender = sender;
        this.bounds = bounds;
        this.warmsUp = warmsUp;
        this.wakeDrainer = wakeDrainer;
    }

    /**
     * Encodes the record now if that does not block.
     *
     * @return whether it is encoded
     */
    public boolean encode(PendingRecord<?> record) {
        return open && sender.encode(record);
    }

    /** Sends, buffers or fails the record. Returns at once, or within the time that a caller may wait for room. */
    public void accept(PendingRecord<?> record) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(bounds.blockMsMax);
        boolean retry = false;
        while (true) {
            if (open && !retry) {
                switch (sender.send(record)) {
                    case ACCEPTED, FAILED -> {
                        return;
                    }
                    case BUFFER_FULL -> {
                        record.fail(new BufferFullException(record.id(), bounds.bytesMax, bounds.drops));
                        return;
                    }
                    case RETRY -> retry = true;
                }
            }
            lock.lock();
            try {
                if (retry) {
                    open = false;
                }
                if (!open) {
                    if (closed) {
                        record.fail(new PublisherClosedException(record.id()));
                        return;
                    }
                    if (tryQueue(record)) {
                        return;
                    }
                    if (!awaitRoom(deadlineNanos)) {
                        record.fail(new BufferFullException(record.id(), bounds.bytesMax, bounds.drops));
                        return;
                    }
                }
                retry = false;
            } finally {
                lock.unlock();
            }
        }
    }

    /** The result of {@link #drain}. */
    enum Drained {
        /** The buffer is empty. */
        ALL,
        /** Some records were sent, then Kafka or the registry was not available. Retry soon. */
        SOME,
        /** Kafka or the registry is not available. Retry. */
        NONE
    }

    /** Sends buffered records as far as possible. Called by the drainer's thread only. */
    Drained drain() {
        boolean moved = false;
        while (true) {
            PendingRecord<?> head = headOrOpen();
            if (head != null) {
                if (!send(head)) {
                    return moved ? Drained.SOME : Drained.NONE;
                }
                leave(head);
                moved = true;
            } else if (warm || !warmsUp) {
                return Drained.ALL;
            } else {
                // Loop: records may have arrived meanwhile, and only an empty buffer opens the path.
                warm = sender.warmUp();
                if (!warm) {
                    return Drained.NONE;
                }
            }
        }
    }

    /** From now on every record is refused. Buffered ones are still sent. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            open = false;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** After {@link #close}: removes and returns the buffered records. */
    public List<PendingRecord<?>> abandon() {
        lock.lock();
        try {
            List<PendingRecord<?>> abandoned = new ArrayList<>(waiting);
            waiting.clear();
            waitingBytes = 0;
            return abandoned;
        } finally {
            lock.unlock();
        }
    }

    private boolean tryQueue(PendingRecord<?> record) {
        if (waitingBytes + record.bytes() > bounds.bytesMax) {
            return false;
        }
        record.bufferedAt(System.nanoTime());
        waiting.add(record);
        waitingBytes += record.bytes();
        if (waiting.size() == 1) {
            wakeDrainer.run();
        }
        return true;
    }

    /** Returns false if the caller has waited long enough. */
    @SuppressWarnings("WaitNotInLoop") // The caller loops.
    private boolean awaitRoom(long deadlineNanos) {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
            return false;
        }
        try {
            long unused = room.awaitNanos(left);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The next record to send. If there is none: null, and the path opens if it may. */
    private @Nullable PendingRecord<?> headOrOpen() {
        lock.lock();
        try {
            PendingRecord<?> head = waiting.peek();
            if (head == null && warm && !closed && !open) {
                open = true;
                if (warned) {
                    warned = false;
                    LOG.info("event=publishing_resumed topic={}", topic);
                }
            }
            return head;
        } finally {
            lock.unlock();
        }
    }

    /** Returns false if the record has to stay. */
    private boolean send(PendingRecord<?> head) {
        if (isOverdue(head)) {
            Throwable cause = head.hindrance();
            String why = "it waited longer than delivery.timeout.ms (" + bounds.waitMsMax + " ms)"
                    + (cause == null ? "" : ": " + cause.getMessage());
            head.fail(new NotDurableException(head.id(), RefusalReason.TIMEOUT, why, cause));
            return true;
        }
        switch (sender.send(head)) {
            case ACCEPTED -> {
                // A tombstone has no schema: it does not prove that the schema is registered.
                warm |= head.value() != null;
                return true;
            }
            case FAILED -> {
                return true;
            }
            case RETRY, BUFFER_FULL -> {
                warnOnce(head);
                return false;
            }
        }
        throw new IllegalStateException("unknown outcome");
    }

    private boolean isOverdue(PendingRecord<?> record) {
        return System.nanoTime() - record.bufferedAtNanos() > TimeUnit.MILLISECONDS.toNanos(bounds.waitMsMax);
    }

    private void leave(PendingRecord<?> head) {
        lock.lock();
        try {
            // After abandon() the head is already gone.
            if (head.equals(waiting.peek())) {
                waiting.remove();
                waitingBytes -= head.bytes();
                room.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Slow first contact is normal after startup: warns only after 5 s. */
    private void warnOnce(PendingRecord<?> head) {
        if (!warned && System.nanoTime() - head.bufferedAtNanos() > WARN_AFTER.toNanos()) {
            warned = true;
            Throwable cause = head.hindrance();
            LOG.warn(
                    "event=publishing_blocked topic={} why={}",
                    topic,
                    VisibleText.logged(cause == null ? "Kafka's buffer is full" : cause));
        }
    }
}
