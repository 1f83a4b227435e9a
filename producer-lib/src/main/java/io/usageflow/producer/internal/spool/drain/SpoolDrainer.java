package io.usageflow.producer.internal.spool.drain;

import io.usageflow.producer.internal.spool.drain.InFlightRecord.State;
import io.usageflow.producer.internal.spool.segment.Segment;
import io.usageflow.producer.internal.spool.segment.Segments;
import io.usageflow.producer.internal.spool.segment.SpoolRecord;
import io.usageflow.schema.text.VisibleText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a log's records to Kafka, in order, on its own thread. Removes only records that Kafka has acknowledged.
 *
 * <p><b>Order.</b> Records are sent in the log's order, and Kafka's idempotent client keeps that order within a
 * partition. When a record fails, no later record may overtake it: the {@link SpoolSender} stops at the first failure,
 * reports a result for all records in flight, and everything from the first unacknowledged record on is sent again.
 *
 * <p><b>Records that Kafka always refuses</b> must not block the rest for ever. A failure often covers a whole batch,
 * so its records are sent again one by one. A record that fails alone, for a reason that retrying cannot fix, is set
 * aside in a file. For every other failure, such as a missing right or a missing topic, the drainer waits and retries.
 */
public final class SpoolDrainer {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolDrainer.class);

    private static final long IN_FLIGHT_BYTES_MAX = 16L << 20;
    private static final long PAUSE_MS_MIN = 2;
    private static final long PAUSE_MS_MAX = 100;
    private static final long RETRY_MS_MAX = 1_000;
    private static final long IDLE_CHECK_MS = 1_000;
    private static final int STEP_RECORDS_MAX = 64;
    private static final int READ_FAILURES_MAX = 5;

    private final Segments segments;
    private final LogReader reader;
    private final SpoolSender sender;
    private final DrainStatus status;
    private final Runnable onSpaceFreed;
    private final Thread thread;

    private final ArrayDeque<InFlightRecord> inFlight = new ArrayDeque<>();
    private final ArrayDeque<InFlightRecord> pending = new ArrayDeque<>();
    private long inFlightBytes;
    private long retryMs = PAUSE_MS_MIN;
    private int readFailures;
    private long settledIn;

    private volatile boolean anyFailed;
    private volatile boolean idle;
    private volatile boolean stopped;
    private volatile long deadlineNanos;

    /** @param onSpaceFreed called when a segment was deleted */
    public SpoolDrainer(
            String name,
            Segments segments,
            LogReader reader,
            SpoolSender sender,
            DrainStatus status,
            Runnable onSpaceFreed) {
        this.segments = segments;
        this.reader = reader;
        this.sender = sender;
        this.status = status;
        this.onSpaceFreed = onSpaceFreed;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** More records can be read. */
    public void wake() {
        if (idle) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Ends the thread. Records in flight have until the deadline. Returns then, or little later.
     *
     * @return whether the thread has ended
     */
    public boolean stop(long deadline) {
        deadlineNanos = deadline;
        stopped = true;
        LockSupport.unpark(thread);
        try {
            long leftMs = Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
            // A send may take a second. After that only the registry's socket can block, which an interrupt may end.
            thread.join(leftMs + 2 * RETRY_MS_MAX);
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(RETRY_MS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private void run() {
        try {
            long pauseMs = PAUSE_MS_MIN;
            while (!stopped) {
                if (tryStep()) {
                    pauseMs = PAUSE_MS_MIN;
                    continue;
                }
                boolean nothing = inFlight.isEmpty() && pending.isEmpty();
                idle = true;
                // Once more after the flag is set, so that no wake-up is missed.
                if (!stopped && !tryStep()) {
                    LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(nothing ? IDLE_CHECK_MS : pauseMs));
                    pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX);
                }
                idle = false;
            }
            sender.close(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
            removeSettled();
            if (inFlight.isEmpty() && pending.isEmpty() && read() == null) {
                // The reader has passed the newest segment, which is closed by now.
                retire();
            }
            reader.close();
        } catch (IOException e) {
            LOG.warn("event=spool_close_failed", e);
        } finally {
            status.close();
        }
    }

    private boolean tryStep() {
        try {
            boolean moved = step();
            status.update(oldest());
            return moved;
        } catch (RuntimeException | Error e) {
            // A bug must not end this thread: the spooled records stay, and are tried again.
            LOG.error("event=spool_drain_failed", e);
            status.blocked(e.toString());
            return false;
        }
    }

    /** Returns whether any record moved. */
    private boolean step() {
        boolean reaped = removeSettled();
        if (anyFailed) {
            rewind();
            return true;
        }
        boolean moved = reaped;
        for (int i = 0; i < STEP_RECORDS_MAX && !anyFailed; i++) {
            InFlightRecord next = next();
            if (next == null || inFlightBytes >= IN_FLIGHT_BYTES_MAX || mustWaitAlone(next) || !send(next)) {
                return moved;
            }
            moved = true;
        }
        return moved;
    }

    /** A suspect is sent alone. */
    private boolean mustWaitAlone(InFlightRecord next) {
        InFlightRecord last = inFlight.peekLast();
        return last != null && (last.isSentAlone() || next.isSentAlone());
    }

    private @Nullable InFlightRecord next() {
        while (true) {
            InFlightRecord next = pending.peek();
            if (next != null && next.state() == State.SETTLED) {
                moveInFlight(pending.remove());
            } else if (next != null) {
                return next;
            } else {
                SpoolRecord record = read();
                if (record == null) {
                    return null;
                }
                pending.add(new InFlightRecord(record, this::onFailure));
            }
        }
    }

    private @Nullable SpoolRecord read() {
        try {
            SpoolRecord record = reader.next();
            readFailures = 0;
            return record;
        } catch (IOException e) {
            status.blocked("the spool cannot be read: " + e);
            readFailures++;
            if (readFailures >= READ_FAILURES_MAX && !stopped) {
                skipUnreadable(e);
            }
            pauseBeforeRetry();
            return null;
        }
    }

    private void skipUnreadable(IOException cause) {
        try {
            LOG.error("event=spool_segment_skipped why=\"it cannot be read\" attempts={}", readFailures, cause);
            reader.skipSegment();
            readFailures = 0;
        } catch (IOException e) {
            LOG.warn("event=spool_segment_skip_failed", e);
        }
    }

    private boolean send(InFlightRecord next) {
        SpoolSender.SendResult result = sender.send(next.record(), next);
        if (result.isAccepted()) {
            moveInFlight(pending.remove());
            return true;
        }
        if (result.failure() == SpoolSender.FailureKind.PERMANENT) {
            // The client itself refused exactly this record: no need to send it alone first.
            if (setAside(next, result.why())) {
                return true;
            }
        } else {
            status.blocked(result.why());
        }
        pauseBeforeRetry();
        return false;
    }

    private void moveInFlight(InFlightRecord one) {
        inFlight.add(one);
        inFlightBytes += one.record().bytes();
    }

    /** Runs on Kafka's thread. */
    private void onFailure() {
        anyFailed = true;
        LockSupport.unpark(thread);
    }

    /** Removes settled records from the front. */
    private boolean removeSettled() {
        SpoolRecord last = null;
        long count = 0;
        for (InFlightRecord head = inFlight.peek();
                head != null && head.state() == State.SETTLED;
                head = inFlight.peek()) {
            last = inFlight.remove().record();
            inFlightBytes -= last.bytes();
            count++;
        }
        if (last != null) {
            retryMs = PAUSE_MS_MIN;
            status.settled(count, last);
        }
        if (last == null || last.segment().number() != settledIn) {
            settledIn = last == null ? settledIn : last.segment().number();
            retire();
        }
        return last != null;
    }

    private void retire() {
        InFlightRecord oldest = inFlight.isEmpty() ? pending.peek() : inFlight.peek();
        Segment first = segments.first();
        while (first != null
                && reader.hasPassed(first)
                && (oldest == null || oldest.record().segment().number() > first.number())) {
            segments.retire(first);
            onSpaceFreed.run();
            first = segments.first();
        }
    }

    /** After a failure: back to the first record that is not settled, with all records after it. */
    private void rewind() {
        sender.reconnect();
        anyFailed = false;
        while (!inFlight.isEmpty()) {
            InFlightRecord last = inFlight.removeLast();
            if (last.state() == State.FAILED) {
                classify(last);
            }
            pending.addFirst(last);
        }
        inFlightBytes = 0;
        pauseBeforeRetry();
    }

    private void classify(InFlightRecord failed) {
        boolean alone = failed.isSentAlone();
        SpoolSender.FailureKind kind = failed.failureKind();
        failed.reopen();
        if (kind != SpoolSender.FailureKind.COLLATERAL) {
            status.blocked(failed.failure());
        }
        if (kind == SpoolSender.FailureKind.PERMANENT) {
            failed.sendAlone();
            if (alone) {
                setAside(failed, failed.failure());
            }
        }
    }

    private boolean setAside(InFlightRecord one, String why) {
        SpoolRecord record = one.record();
        try {
            Path file = segments.setAside(record);
            LOG.error(
                    "event=spool_record_set_aside id={} topic={} why={} file={} remedy=\"this file is"
                            + " the only copy: remove" + " the cause, move the file to {}, and restart the publisher\"",
                    VisibleText.of(record.id()),
                    record.segment().topic(),
                    VisibleText.logged(why),
                    file,
                    segments.config().directory());
            one.settle();
            return true;
        } catch (IOException e) {
            status.blocked("Kafka always refuses " + record.id() + " (" + why + "), and setting it aside failed: " + e);
            return false;
        }
    }

    private void pauseBeforeRetry() {
        if (!stopped) {
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(retryMs));
            retryMs = Math.min(2 * retryMs, RETRY_MS_MAX);
        }
    }

    private Optional<SpoolRecord> oldest() {
        InFlightRecord oldest = inFlight.isEmpty() ? pending.peek() : inFlight.peek();
        return Optional.ofNullable(oldest).map(InFlightRecord::record);
    }
}
