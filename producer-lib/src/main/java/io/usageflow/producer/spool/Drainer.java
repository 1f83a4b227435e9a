package io.usageflow.producer.spool;

import io.usageflow.producer.spool.Underway.State;
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
 * Takes a log's records to Kafka, in order, on a thread of its own; only what Kafka has acknowledged is forgotten.
 *
 * <p><b>Order.</b> Records are handed over in the log's order, and Kafka's idempotent client keeps that within a
 * partition. When one fails, nothing that was handed over after it may pass it: the {@link Carrier} stops at the first
 * failure, all that is under way is answered, and everything from the first unacknowledged record on is handed over
 * again.
 *
 * <p><b>What Kafka will never take</b> must not hold up the rest for ever. A failure is often told of a whole batch, so the
 * records that it was told of are sent again one by one; one that is refused alone, for a reason that no waiting mends, is
 * set aside in a file. Everything else, a missing right or a missing topic included, is waited out.
 */
final class Drainer {
    private static final Logger LOG = LoggerFactory.getLogger(Drainer.class);

    private static final long UNDERWAY_BYTES_MAX = 16L << 20;
    private static final long PAUSE_MS_MIN = 2;
    private static final long PAUSE_MS_MAX = 100;
    private static final long RETRY_MS_MAX = 1_000;
    private static final long LOOK_MS = 1_000;
    private static final int STEP_RECORDS_MAX = 64;
    private static final int READ_FAILURES_MAX = 5;

    private final Segments segments;
    private final LogReader reader;
    private final Carrier carrier;
    private final DrainStanding standing;
    private final Runnable roomMade;
    private final Thread thread;

    private final ArrayDeque<Underway> underway = new ArrayDeque<>();
    private final ArrayDeque<Underway> upcoming = new ArrayDeque<>();
    private long underwayBytes;
    private long retryMs = PAUSE_MS_MIN;
    private int readFailures;
    private long settledIn;

    private volatile boolean anyFailed;
    private volatile boolean idle;
    private volatile boolean stopped;
    private volatile long deadlineNanos;

    /** @param roomMade called when a segment is gone */
    Drainer(
            String name,
            Segments segments,
            LogReader reader,
            Carrier carrier,
            DrainStanding standing,
            Runnable roomMade) {
        this.segments = segments;
        this.reader = reader;
        this.carrier = carrier;
        this.standing = standing;
        this.roomMade = roomMade;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** There is more to read. */
    void call() {
        if (idle) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Ends the thread; what is under way may end until the deadline. Returns then, or little later.
     *
     * @return whether it has ended
     */
    boolean stop(long deadline) {
        deadlineNanos = deadline;
        stopped = true;
        LockSupport.unpark(thread);
        try {
            long leftMs = Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
            // Handing over may take a second; only then is it the registry's socket, which an interrupt may end.
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
                boolean nothing = underway.isEmpty() && upcoming.isEmpty();
                idle = true;
                // Once more after the flag stands, so that no call is missed.
                if (!stopped && !tryStep()) {
                    LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(nothing ? LOOK_MS : pauseMs));
                    pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX);
                }
                idle = false;
            }
            carrier.close(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
            reap();
            if (underway.isEmpty() && upcoming.isEmpty() && read() == null) {
                // The reader has gone past the newest segment, which is closed by now.
                retire();
            }
            reader.close();
        } catch (IOException e) {
            LOG.warn("a segment could not be closed", e);
        } finally {
            standing.close();
        }
    }

    private boolean tryStep() {
        try {
            boolean moved = step();
            standing.look(oldest());
            return moved;
        } catch (RuntimeException | Error e) {
            // A fault of ours must not end this thread: what is spooled stays, and is tried again.
            LOG.error("could not drain the spool", e);
            standing.hindered(e.toString());
            return false;
        }
    }

    /** @return whether anything has moved */
    private boolean step() {
        boolean reaped = reap();
        if (anyFailed) {
            goBack();
            return true;
        }
        boolean moved = reaped;
        for (int i = 0; i < STEP_RECORDS_MAX && !anyFailed; i++) {
            Underway next = next();
            if (next == null || underwayBytes >= UNDERWAY_BYTES_MAX || mustWaitAlone(next) || !handOver(next)) {
                return moved;
            }
            moved = true;
        }
        return moved;
    }

    /** A suspect travels alone. */
    private boolean mustWaitAlone(Underway next) {
        Underway last = underway.peekLast();
        return last != null && (last.isSuspect() || next.isSuspect());
    }

    private @Nullable Underway next() {
        while (true) {
            Underway next = upcoming.peek();
            if (next != null && next.state() == State.SETTLED) {
                travel(upcoming.remove());
            } else if (next != null) {
                return next;
            } else {
                SpoolRecord record = read();
                if (record == null) {
                    return null;
                }
                upcoming.add(new Underway(record, this::failed));
            }
        }
    }

    private @Nullable SpoolRecord read() {
        try {
            SpoolRecord record = reader.next();
            readFailures = 0;
            return record;
        } catch (IOException e) {
            standing.hindered("the spool cannot be read: " + e);
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
            LOG.error("a segment of the spool cannot be read, tried {} times", readFailures, cause);
            reader.giveUp();
            readFailures = 0;
        } catch (IOException e) {
            LOG.warn("could not leave an unreadable segment", e);
        }
    }

    private boolean handOver(Underway next) {
        Carrier.Handing handing = carrier.send(next.record(), next);
        if (handing.isTaken()) {
            travel(upcoming.remove());
            return true;
        }
        if (handing.verdict() == Carrier.Verdict.NEVER) {
            // The client itself says so, of this very record: no need to try it alone.
            if (setAside(next, handing.why())) {
                return true;
            }
        } else {
            standing.hindered(handing.why());
        }
        pauseBeforeRetry();
        return false;
    }

    private void travel(Underway one) {
        underway.add(one);
        underwayBytes += one.record().bytes();
    }

    /** On Kafka's thread. */
    private void failed() {
        anyFailed = true;
        LockSupport.unpark(thread);
    }

    /** Forgets what Kafka has, from the front. */
    private boolean reap() {
        SpoolRecord last = null;
        long count = 0;
        for (Underway head = underway.peek(); head != null && head.state() == State.SETTLED; head = underway.peek()) {
            last = underway.remove().record();
            underwayBytes -= last.bytes();
            count++;
        }
        if (last != null) {
            retryMs = PAUSE_MS_MIN;
            standing.settled(count, last);
        }
        if (last == null || last.segment().number() != settledIn) {
            settledIn = last == null ? settledIn : last.segment().number();
            retire();
        }
        return last != null;
    }

    private void retire() {
        Underway oldest = underway.isEmpty() ? upcoming.peek() : underway.peek();
        Segment first = segments.first();
        while (first != null
                && reader.hasPassed(first)
                && (oldest == null || oldest.record().segment().number() > first.number())) {
            segments.retire(first);
            roomMade.run();
            first = segments.first();
        }
    }

    /** After a failure: to the first record that is not settled, with all that follow. */
    private void goBack() {
        carrier.renew();
        anyFailed = false;
        while (!underway.isEmpty()) {
            Underway last = underway.removeLast();
            if (last.state() == State.FAILED) {
                judge(last);
            }
            upcoming.addFirst(last);
        }
        underwayBytes = 0;
        pauseBeforeRetry();
    }

    private void judge(Underway failed) {
        boolean alone = failed.isSuspect();
        Carrier.Verdict verdict = failed.verdict();
        failed.reopen();
        if (verdict != Carrier.Verdict.COLLATERAL) {
            standing.hindered(failed.why());
        }
        if (verdict == Carrier.Verdict.NEVER) {
            failed.suspect();
            if (alone) {
                setAside(failed, failed.why());
            }
        }
    }

    private boolean setAside(Underway one, String why) {
        SpoolRecord record = one.record();
        try {
            Path file = segments.setAside(record);
            LOG.error(
                    "Kafka will never take {} as it is, topic={} because={}: it stands in {} and nowhere else. Remove the"
                            + " cause, move the file to {}, and start the publisher again",
                    VisibleText.of(record.id()),
                    record.segment().topic(),
                    VisibleText.logged(why),
                    file,
                    segments.facts().directory());
            one.settle();
            return true;
        } catch (IOException e) {
            standing.hindered(record.id() + " will never be taken (" + why + ") and cannot be set aside: " + e);
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
        Underway oldest = underway.isEmpty() ? upcoming.peek() : underway.peek();
        return Optional.ofNullable(oldest).map(Underway::record);
    }
}
