package io.usageflow.producer.spool;

import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublishException;
import io.usageflow.producer.PublisherClosedException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.SpoolFullException;
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
 * Callers put records into memory; one thread writes all that came while it wrote the last ones, with one fsync for all
 * of them, and tells each caller afterwards. Nobody waits for the disk but this thread. Thread-safe.
 */
final class GroupCommit {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    /** For so long after a failure callers are refused at once, before the disk is tried again. */
    private static final long TROUBLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Room may come from another log of the same spool, which does not call. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final LogWriter writer;
    private final Segments segments;
    private final Bounds bounds;
    private final IntConsumer durable;
    private final Thread thread;
    private final AtomicLong refused = new AtomicLong();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition room = lock.newCondition();
    private Batch gathering = new Batch();
    private Batch spare = new Batch();
    /** The writer's thread only. */
    private boolean troubleTold;

    private boolean closed;
    private @Nullable IOException trouble;
    private long troubleUntilNanos;

    /**
     * @param memoryBytesMax of what waits for the disk
     * @param blockMsMax how long a caller may wait for room
     */
    record Bounds(long memoryBytesMax, long blockMsMax) {}

    /** @param durable told how many records became durable, before their callers are */
    GroupCommit(String name, LogWriter writer, Segments segments, Bounds bounds, IntConsumer durable) {
        this.writer = writer;
        this.segments = segments;
        this.bounds = bounds;
        this.durable = durable;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes the record, or refuses it; returns at once, or within the time a caller may wait for room. */
    void offer(RecordKind kind, Spooled what, byte[] value) {
        PublishException refusal = tryOffer(kind, what, value);
        if (refusal != null) {
            refused.incrementAndGet();
            what.refused(refusal);
        }
    }

    /** Records that were not accepted, or were and could not be made durable. */
    long refused() {
        return refused.get();
    }

    /** Space on disk has become free. */
    void roomMade() {
        lock.lock();
        try {
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses new records; what was taken is still written. */
    void refuseNew() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** After {@link #refuseNew}: whether all that was taken has been written, or refused, in time. */
    boolean awaitEnd(long deadlineNanos) {
        try {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            thread.join(Math.max(1, leftMs));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private @Nullable PublishException tryOffer(RecordKind kind, Spooled what, byte[] value) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(bounds.blockMsMax);
        int bytes = Batch.frameBytes(what, value);
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    return new PublisherClosedException(what.id());
                }
                PublishException full = lacksRoom(what, bytes);
                if (full == null) {
                    add(kind, what, value, bytes);
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

    private void add(RecordKind kind, Spooled what, byte[] value, int reserved) {
        int before = gathering.bytes();
        gathering.add(kind, System.currentTimeMillis(), what, value);
        segments.budget().give(reserved - (gathering.bytes() - before));
        if (gathering.count() == 1) {
            arrived.signal();
        }
    }

    /** Why there is no room; null, with the room on disk taken, where there is. */
    private @Nullable PublishException lacksRoom(Spooled what, int bytes) {
        if (trouble != null) {
            if (System.nanoTime() < troubleUntilNanos) {
                return failed(what, trouble);
            }
            trouble = null;
        }
        if (!gathering.isEmpty() && gathering.bytes() + (long) bytes > bounds.memoryBytesMax) {
            return new SpoolFullException(
                    what.id(),
                    "the disk of spool.dir " + segments.facts().directory()
                            + " is slower than events come, and buffer.memory (" + bounds.memoryBytesMax
                            + " bytes) is taken by what waits for it: use a faster disk, raise buffer.memory, or let"
                            + " callers wait with publish.max.block.ms",
                    null);
        }
        if (!segments.budget().tryTake(bytes)) {
            return new SpoolFullException(
                    what.id(),
                    "spool.max.bytes (" + segments.budget().bytesMax() + ") of spool.dir "
                            + segments.facts().directory()
                            + " are taken by events that Kafka has not acknowledged: look why Kafka does not take them,"
                            + " raise spool.max.bytes, or let callers wait with publish.max.block.ms",
                    null);
        }
        return null;
    }

    private boolean awaitRoom(long deadlineNanos) {
        long left = deadlineNanos - System.nanoTime();
        // On this very thread, from the completion of another event's future, it would wait for itself.
        if (left <= 0 || Thread.currentThread() == thread) {
            return false;
        }
        try {
            // The answer does not matter: the caller looks again, and comes back here when there is no room.
            long unused = room.awaitNanos(Math.min(left, LOOK_AGAIN_NANOS));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void run() {
        Batch batch = next();
        while (batch != null) {
            write(batch);
            batch.clear();
            spare = batch;
            batch = next();
        }
        writer.close();
    }

    /** Waits for the next batch; null when there will be none. */
    private @Nullable Batch next() {
        lock.lock();
        try {
            while (gathering.isEmpty()) {
                if (closed) {
                    return null;
                }
                arrived.awaitUninterruptibly();
            }
            Batch batch = gathering;
            gathering = spare;
            room.signalAll();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void write(Batch batch) {
        int[] told = {0};
        int[] written = {0};
        IOException failure;
        try {
            failure = writer.write(batch, run -> {
                durable.accept(run.next() - run.first());
                written[0] = run.until();
                for (; told[0] < run.next(); told[0]++) {
                    batch.waiting(told[0]).kept();
                }
            });
        } catch (RuntimeException | Error e) {
            // A fault of ours, or no memory. This thread must not die of it and leave futures open for ever.
            LOG.error("could not write to the spool", e);
            failure = new IOException(e.toString(), e);
        }
        if (failure != null) {
            refuse(batch, told[0], written[0], failure);
        } else if (troubleTold) {
            LOG.info("{} can be written again", segments.facts().directory());
            troubleTold = false;
        }
    }

    private void refuse(Batch batch, int from, int written, IOException failure) {
        segments.budget().give(batch.bytes() - written);
        lock.lock();
        try {
            if (!troubleTold) {
                troubleTold = true;
                LOG.error(
                        "{} cannot be written, events are refused: {}",
                        segments.facts().directory(),
                        VisibleText.of(failure));
            }
            trouble = failure;
            troubleUntilNanos = System.nanoTime() + TROUBLE_NANOS;
        } finally {
            lock.unlock();
        }
        for (int i = from; i < batch.count(); i++) {
            refused.incrementAndGet();
            batch.waiting(i).refused(failed(batch.waiting(i), failure));
        }
    }

    private PublishException failed(Spooled what, IOException failure) {
        String where = "spool.dir " + segments.facts().directory();
        if (isFull(failure)) {
            return new SpoolFullException(
                    what.id(), "the disk of " + where + " is full (" + failure.getMessage() + "): make room", failure);
        }
        return new NotDurableException(
                what.id(), RefusalReason.SPOOL_FAILED, where + " cannot be written: " + failure, failure);
    }

    /** Java tells a full disk, and a used-up quota, by their words only. */
    private static boolean isFull(IOException failure) {
        String words = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return words.contains("no space left") || words.contains("quota") || words.contains("not enough space");
    }
}
