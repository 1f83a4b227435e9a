package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether to send at all. Pure; one thread; the caller gives the time in nanoseconds of any monotonic clock.
 *
 * <p>Closed: all is sent. Open: nothing is sent until the wait is over. Probing: one request is out, and only its answer
 * decides; late answers of requests from before the outage neither close nor reopen the circuit. That is why these are
 * own states and not a library's breaker: with Resilience4j any answer that arrives in its half-open state counts as the
 * probe's, and permits that are taken and not given back hold it there (resilience4j#903, #935). Here a probe is the
 * identity of a request, so there is no permit to leak.
 *
 * <p>Opens on failures in a row or on a high share of failures, of more than one customer, or at once where our key or address is refused. A
 * refusal of an event or of a customer is an answer of a destination that is well.
 */
public final class Circuit {
    /** Answers that the share of failures is taken over. */
    private static final int WINDOW = 40;

    private static final int SHARE_MIN_ANSWERS = 20;
    /** So many times more failures in a row it takes where all are of one customer. */
    private static final int ALONE_FACTOR = 4;

    /** What is seen from outside. */
    public enum State {
        CLOSED,
        OPEN,
        PROBING
    }

    private final RetrySchedule waits;
    private final int failuresInARow;
    private final boolean[] failedBefore = new boolean[WINDOW];
    private long answers;
    private int failures;
    private int row;
    /** Whom the row of failures began with, and whether it has met others too. */
    private Object rowBegan = "";

    private boolean rowOfSeveral;

    private State state = State.CLOSED;
    private OutageCause cause = OutageCause.UNAVAILABLE;
    private String detail = "";
    private int openings;
    private long openedNanos;
    private long waitUntilNanos;
    private long probe;

    /** @param failuresInARow that open the circuit, at least 1 */
    Circuit(RetrySchedule waits, int failuresInARow) {
        if (failuresInARow < 1) {
            throw new IllegalArgumentException("the circuit needs at least 1 failure to open, not " + failuresInARow);
        }
        this.waits = waits;
        this.failuresInARow = failuresInARow;
    }

    State state() {
        return state;
    }

    /** Empty while closed. */
    public Optional<OutageCause> cause() {
        return state == State.CLOSED ? Optional.empty() : Optional.of(cause);
    }

    /** What the last failure said; for people. */
    public String detail() {
        return detail;
    }

    boolean admits(long nowNanos) {
        return state == State.CLOSED || (state == State.OPEN && nowNanos - waitUntilNanos >= 0);
    }

    /** When an open circuit next admits a request. */
    OptionalLong probeDueNanos() {
        return state == State.OPEN ? OptionalLong.of(waitUntilNanos) : OptionalLong.empty();
    }

    /** A request goes out; where the circuit is open it is the probe. Only where {@link #admits} said so. */
    void sent(long request) {
        if (state == State.OPEN) {
            state = State.PROBING;
            probe = request;
        }
    }

    /**
     * The destination answered as one that is well.
     *
     * @return how long the circuit was open, where this closes it
     */
    Optional<Duration> succeeded(long request, long nowNanos) {
        if (state == State.CLOSED) {
            record(false);
            return Optional.empty();
        }
        if (state == State.OPEN || request != probe) {
            return Optional.empty();
        }
        state = State.CLOSED;
        openings = 0;
        forget();
        return Optional.of(Duration.ofNanos(nowNanos - openedNanos));
    }

    /**
     * @param customer whose request it was: one customer's failures alone do not open the circuit soon, since they may be
     *     its own, and its retries are few anyhow
     * @param kind of outage that it is where all answers are like it
     * @param floor what Retry-After asks for
     */
    void failed(long request, Object customer, OutageCause kind, String why, Optional<Duration> floor, long nowNanos) {
        if (state == State.CLOSED) {
            rowOfSeveral = row > 0 && (rowOfSeveral || !customer.equals(rowBegan));
            rowBegan = row == 0 ? customer : rowBegan;
            record(true);
            detail = why;
            boolean often = answers >= SHARE_MIN_ANSWERS && failures * 2 >= Math.min(answers, WINDOW);
            if ((rowOfSeveral && (row >= failuresInARow || often)) || row >= failuresInARow * ALONE_FACTOR) {
                openedNanos = nowNanos;
                open(kind, why, floor, nowNanos);
            }
        } else {
            undecided(request, kind, why, floor, nowNanos);
        }
    }

    /** An answer that says neither that the destination is well nor that it is not. As a probe's it is as good as a failure. */
    void undecided(long request, OutageCause kind, String why, Optional<Duration> floor, long nowNanos) {
        if (state == State.PROBING && request == probe) {
            open(kind, why, floor, nowNanos);
        }
    }

    /** Our key or address was refused: no other request would fare better. */
    void halted(long request, OutageCause why, String detail, Optional<Duration> floor, long nowNanos) {
        if (state == State.CLOSED) {
            openedNanos = nowNanos;
            open(why, detail, floor, nowNanos);
        } else if (state == State.PROBING && request == probe) {
            open(why, detail, floor, nowNanos);
        } else {
            this.cause = why;
            this.detail = detail;
        }
    }

    /** The probe's answer will never come: as good as a failure. */
    void abandonProbe(long nowNanos) {
        if (state == State.PROBING) {
            open(cause, detail, Optional.empty(), nowNanos);
        }
    }

    private void open(OutageCause why, String what, Optional<Duration> floor, long nowNanos) {
        openings++;
        state = State.OPEN;
        cause = why;
        detail = what;
        waitUntilNanos = nowNanos + waits.next(openings, floor).toNanos();
    }

    private void record(boolean failed) {
        int slot = (int) (answers % WINDOW);
        if (answers >= WINDOW && failedBefore[slot]) {
            failures--;
        }
        failedBefore[slot] = failed;
        failures += failed ? 1 : 0;
        row = failed ? row + 1 : 0;
        answers++;
    }

    private void forget() {
        answers = 0;
        failures = 0;
        row = 0;
    }
}
