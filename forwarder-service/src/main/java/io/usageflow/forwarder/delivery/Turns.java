package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.DeliverySettings.Order;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * Whose turn it is, and who waits for a time. A line stands here once at most. One thread; times in nanoseconds of a monotonic
 * clock.
 *
 * <p>Fair, in one of two ways. With order a customer has one request at once, whatever it has to send, so whose oldest event has
 * waited longest is next: nobody is passed over, and a busy customer is not sent behind thousands of small ones, which keeps
 * batches large in a backlog. Without order customers take turns, one batch a turn, or a busy one would take all requests.
 */
final class Turns {
    private final Order order;
    private final PriorityQueue<Turn> ready = new PriorityQueue<>(Comparator.comparingLong(turn -> turn.place));
    private final PriorityQueue<Turn> delayed = new PriorityQueue<>(Comparator.comparingLong(turn -> turn.dueNanos));
    private long turns;

    /** Where a line stands: nowhere, among the ready, or among the delayed. */
    static final class Turn {
        private final CustomerLine line;
        private boolean queued;
        private boolean delayed;
        private long dueNanos;
        /** Does not change while it is ready. */
        private long place;

        Turn(CustomerLine line) {
            this.line = line;
        }

        boolean isQueued() {
            return queued;
        }

        boolean isDelayed() {
            return delayed;
        }
    }

    Turns(Order order) {
        this.order = order;
    }

    /** The line whose turn it is; it stands nowhere then. */
    Optional<CustomerLine> next(long nowNanos) {
        while (!delayed.isEmpty() && delayed.peek().dueNanos - nowNanos <= 0) {
            Turn due = delayed.remove();
            due.delayed = false;
            due.queued = false;
            ready(due.line);
        }
        if (ready.isEmpty()) {
            return Optional.empty();
        }
        Turn next = ready.remove();
        next.queued = false;
        return Optional.of(next.line);
    }

    /** It may send now. Nothing happens where it stands somewhere already. */
    void ready(CustomerLine line) {
        Turn turn = line.turn;
        if (!turn.queued) {
            turn.queued = true;
            turn.place = order == Order.NONE ? turns++ : line.place();
            ready.add(turn);
        }
    }

    /** It may send from then on. Nothing happens where it stands somewhere already. */
    void delay(CustomerLine line, long untilNanos) {
        Turn turn = line.turn;
        if (!turn.queued) {
            turn.queued = true;
            turn.delayed = true;
            turn.dueNanos = untilNanos;
            delayed.add(turn);
        }
    }

    void leave(CustomerLine line) {
        Turn turn = line.turn;
        if (turn.queued) {
            (turn.delayed ? delayed : ready).remove(turn);
            turn.queued = false;
            turn.delayed = false;
        }
    }

    /** When a delayed line is next due. */
    OptionalLong nextDueNanos() {
        return delayed.isEmpty() ? OptionalLong.empty() : OptionalLong.of(delayed.peek().dueNanos);
    }
}
