package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A circuit breaker. Pure; one thread; times in nanoseconds of a monotonic clock.
 *
 * <p>Closed: requests are sent. Open: none is sent until the wait is over. Probing: one request is out, and only its
 * answer decides. Late answers of earlier requests neither close nor reopen the circuit. In Resilience4j any answer in
 * the half-open state counts as the probe's, and a leaked permit blocks it (resilience4j#903, #935); here a probe is a
 * request's identity.
 *
 * <p>Opens after failures in a row or a high share of failures, of more than one customer, and at once if Credyt
 * refuses our key or address. A refused event or customer is an answer of a healthy destination.
 */
public final class Circuit {
    /** Number of answers for the share of failures. */
    private static final int WINDOW = 40;

    private static final int SHARE_MIN_ANSWERS = 20;
    /** Factor for the failures in a row if all are of one customer. */
    private static final int ALONE_FACTOR = 4;

    /** The state of the circuit. */
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
    /** The customer of the first failure in the row. */
    private Object rowBegan = "";

    private boolean rowOfSeveral;

    private State state = State.CLOSED;
    private OutageCause cause = OutageCause.UNAVAILABLE;
    private String detail = "";
    private int openings;
    private long openedNanos;
    private long waitUntilNanos;
    private long probe;
    private long failedNanos;

    /** Opens after {@code failuresInARow}, at least 1. */
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

    /** Empty also once an event that came now would be sent at once, which shows whether the destination is back. */
    Optional<OutageCause> causeWhereNothingWaits(long nowNanos) {
        return admits(nowNanos) ? Optional.empty() : cause();
    }

    /** The detail of the last failure. */
    public String detail() {
        return detail;
    }

    boolean admits(long nowNanos) {
        return state == State.CLOSED || (state == State.OPEN && nowNanos - waitUntilNanos >= 0);
    }

    /** When a request failed for the last time; only while the circuit is not closed. */
    public long failedNanos() {
        return failedNanos;
    }

    /** When an open circuit next admits a request. */
    OptionalLong probeDueNanos() {
        return state == State.OPEN ? OptionalLong.of(waitUntilNanos) : OptionalLong.empty();
    }

    /** Notes a request that {@link #admits} allowed; it is the probe if the circuit is open. */
    void sent(long request) {
        if (state == State.OPEN) {
            state = State.PROBING;
            probe = request;
        }
    }

    /**
     * Handles an answer of a healthy destination.
     *
     * @return how long the circuit was open, if this closes it
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
     * Handles a failure.
     *
     * @param customer of the request; failures of one customer open the circuit later, since they may be its own
     * @param kind the outage's cause, if the circuit opens
     * @param floor the wait of Retry-After
     */
    void failed(long request, Object customer, OutageCause kind, String why, Optional<Duration> floor, long nowNanos) {
        if (state == State.CLOSED) {
            rowOfSeveral = row > 0 && (rowOfSeveral || !customer.equals(rowBegan));
            rowBegan = row == 0 ? customer : rowBegan;
            record(true);
            detail = why;
            boolean often = answers >= SHARE_MIN_ANSWERS && failures * 2L >= Math.min(answers, WINDOW);
            if ((rowOfSeveral && (row >= failuresInARow || often)) || row >= failuresInARow * ALONE_FACTOR) {
                openedNanos = nowNanos;
                open(kind, why, floor, nowNanos);
            }
        } else {
            undecided(request, kind, why, floor, nowNanos);
        }
    }

    /** Handles an answer that does not show whether the destination is healthy. For a probe it counts as a failure. */
    void undecided(long request, OutageCause kind, String why, Optional<Duration> floor, long nowNanos) {
        if (state == State.PROBING && request == probe) {
            open(kind, why, floor, nowNanos);
        }
    }

    /** Opens the circuit because our key or address was refused, which affects every request. */
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

    /** Counts a probe that will get no answer as a failure. */
    void abandonProbe(long nowNanos) {
        if (state == State.PROBING) {
            open(cause, detail, Optional.empty(), nowNanos);
        }
    }

    private void open(OutageCause why, String what, Optional<Duration> floor, long nowNanos) {
        failedNanos = nowNanos;
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
