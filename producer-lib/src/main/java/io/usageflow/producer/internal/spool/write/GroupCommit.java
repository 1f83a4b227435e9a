package io.usageflow.producer.internal.spool.write;

import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublishException;
import io.usageflow.producer.PublisherClosedException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.SpoolFullException;
import io.usageflow.producer.internal.spool.segment.Segments;
import io.usageflow.producer.internal.spool.segment.SpoolRecord.RecordKind;
import io.usageflow.producer.internal.spool.write.FrameBatch.SpoolEntry;
import io.usageflow.schema.text.VisibleText;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Callers add records in memory. One thread writes all records that arrived during its last write, with one fsync for
 * all, and completes them afterwards. Only this thread waits for the disk. Thread-safe.
 */
public final class GroupCommit {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    /** After a failure, callers are refused at once for this time; then the disk is tried again. */
    private static final long REFUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Another log of the same spool may free room without a notification. */
    private static final long RECHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final LogWriter writer;
    private final Segments segments;
    private final Bounds bounds;
    private final IntConsumer durable;
    private final Thread thread;
    private final AtomicLong refused = new AtomicLong();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition room = lock.newCondition();
    private FrameBatch gathering = new FrameBatch();
    private FrameBatch spare = new FrameBatch();
    /** The writer's thread only. */
    private boolean failureLogged;

    private boolean closed;
    private @Nullable IOException lastFailure;
    private long refuseUntilNanos;

    /**
     * The bounds of waiting records.
     *
     * @param memoryBytesMax of records that wait for the disk
     * @param blockMsMax how long a caller may wait for room
     */
    public record Bounds(long memoryBytesMax, long blockMsMax) {}

    /** @param durable called with the number of records that became durable, before their callbacks */
    public GroupCommit(String name, LogWriter writer, Segments segments, Bounds bounds, IntConsumer durable) {
        this.writer = writer;
        this.segments = segments;
        this.bounds = bounds;
        this.durable = durable;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Accepts the record, or refuses it. Returns at once, or within the time that a caller may wait for room. */
    public void offer(RecordKind kind, SpoolEntry entry, byte[] value) {
        PublishException refusal = tryOffer(kind, entry, value);
        if (refusal != null) {
            refused.incrementAndGet();
            entry.onRefused(refusal);
        }
    }

    /** Records that were not accepted, or that could not be made durable. */
    public long refused() {
        return refused.get();
    }

    /** Called when disk space became free. */
    public void onSpaceFreed() {
        lock.lock();
        try {
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses new records. Accepted ones are still written. */
    public void stopAccepting() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** After {@link #stopAccepting}: whether all accepted records were written or refused in time. */
    public boolean awaitEnd(long deadlineNanos) {
        try {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            thread.join(Math.max(1, leftMs));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private @Nullable PublishException tryOffer(RecordKind kind, SpoolEntry entry, byte[] value) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(bounds.blockMsMax);
        int bytes = FrameBatch.frameBytes(entry, value);
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    return new PublisherClosedException(entry.id());
                }
                PublishException full = tryReserve(entry, bytes);
                if (full == null) {
                    add(kind, entry, value, bytes);
                    return null;
                }
                if (!awaitRoom(deadlineNanos)) {
                    return full;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void add(RecordKind kind, SpoolEntry entry, byte[] value, int reserved) {
        int before = gathering.bytes();
        gathering.add(kind, System.currentTimeMillis(), entry, value);
        segments.budget().release(reserved - (gathering.bytes() - before));
        if (gathering.count() == 1) {
            arrived.signal();
        }
    }

    /** Reserves disk space and returns null; or returns why there is no room. */
    private @Nullable PublishException tryReserve(SpoolEntry entry, int bytes) {
        if (lastFailure != null) {
            if (System.nanoTime() < refuseUntilNanos) {
                return failed(entry, lastFailure);
            }
            lastFailure = null;
        }
        if (!gathering.isEmpty() && gathering.bytes() + (long) bytes > bounds.memoryBytesMax) {
            return new SpoolFullException(
                    entry.id(),
                    "the disk of spool.dir " + segments.config().directory()
                            + " is slower than the events arrive, and events that wait for it fill buffer.memory ("
                            + bounds.memoryBytesMax
                            + " bytes). Use a faster disk, raise buffer.memory, or let callers wait with"
                            + " publish.max.block.ms",
                    null);
        }
        if (!segments.budget().tryReserve(bytes)) {
            return new SpoolFullException(
                    entry.id(),
                    "events that Kafka has not acknowledged fill spool.max.bytes ("
                            + segments.budget().bytesMax() + ") of spool.dir "
                            + segments.config().directory()
                            + ". Check why Kafka does not accept them, raise spool.max.bytes, or let callers wait with"
                            + " publish.max.block.ms",
                    null);
        }
        return null;
    }

    @SuppressWarnings("WaitNotInLoop") // The caller loops.
    private boolean awaitRoom(long deadlineNanos) {
        long left = deadlineNanos - System.nanoTime();
        // On this very thread, called from the completion of another event's future, it would wait for itself.
        if (left <= 0 || Thread.currentThread() == thread) {
            return false;
        }
        try {
            long unused = room.awaitNanos(Math.min(left, RECHECK_NANOS));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void run() {
        FrameBatch batch = next();
        while (batch != null) {
            write(batch);
            batch.clear();
            spare = batch;
            batch = next();
        }
        writer.close();
    }

    /** Waits for the next batch; null after the last. */
    private @Nullable FrameBatch next() {
        lock.lock();
        try {
            while (gathering.isEmpty()) {
                if (closed) {
                    return null;
                }
                arrived.awaitUninterruptibly();
            }
            FrameBatch batch = gathering;
            gathering = spare;
            room.signalAll();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void write(FrameBatch batch) {
        int[] completed = {0};
        int[] written = {0};
        IOException failure;
        try {
            failure = writer.write(batch, run -> {
                durable.accept(run.next() - run.first());
                written[0] = run.until();
                for (; completed[0] < run.next(); completed[0]++) {
                    batch.waiting(completed[0]).onDurable();
                }
            });
        } catch (RuntimeException | Error e) {
            // A bug, or no memory. It must not end this thread and leave futures open for ever.
            LOG.error("event=spool_write_failed directory={}", segments.config().directory(), e);
            failure = new IOException(e.toString(), e);
        }
        if (failure != null) {
            refuse(batch, completed[0], written[0], failure);
        } else if (failureLogged) {
            LOG.info("event=spool_writable directory={}", segments.config().directory());
            failureLogged = false;
        }
    }

    private void refuse(FrameBatch batch, int from, int written, IOException failure) {
        segments.budget().release(batch.bytes() - written);
        lock.lock();
        try {
            if (!failureLogged) {
                failureLogged = true;
                LOG.error(
                        "event=spool_not_writable directory={} effect=\"events are refused\" why={}",
                        segments.config().directory(),
                        VisibleText.logged(failure));
            }
            lastFailure = failure;
            refuseUntilNanos = System.nanoTime() + REFUSE_NANOS;
        } finally {
            lock.unlock();
        }
        for (int i = from; i < batch.count(); i++) {
            refused.incrementAndGet();
            batch.waiting(i).onRefused(failed(batch.waiting(i), failure));
        }
    }

    private PublishException failed(SpoolEntry entry, IOException failure) {
        String where = "spool.dir " + segments.config().directory();
        if (isFull(failure)) {
            return new SpoolFullException(
                    entry.id(),
                    "the disk of " + where + " is full (" + failure.getMessage() + "). Free disk space",
                    failure);
        }
        return new NotDurableException(
                entry.id(), RefusalReason.SPOOL_FAILED, where + " cannot be written: " + failure, failure);
    }

    /** Java reports a full disk, or an exhausted quota, in the message only. */
    private static boolean isFull(IOException failure) {
        String words = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return words.contains("no space left") || words.contains("quota") || words.contains("not enough space");
    }
}
