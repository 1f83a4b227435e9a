package io.usageflow.forwarder.delivery.queue;

import io.usageflow.forwarder.config.DeliverySettings.Batching;
import io.usageflow.forwarder.config.DeliverySettings.Order;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.TreeSet;

/**
 * Orders ready and delayed customers. A queue has at most one slot. One thread; times in nanoseconds of a monotonic
 * clock.
 *
 * <p>With order, a customer has one request at a time, and the customer whose oldest event has waited longest is next,
 * but one with a full request goes before later and somewhat earlier events ({@link #HEAD_START}). In a backlog busy
 * customers then leave room in memory for events of small ones, which join each other until their turn, so requests are
 * larger. No customer starves. Without order, customers take turns; otherwise a busy one would take all requests.
 */
final class CustomerScheduler {
    /**
     * A full request goes before events of other customers that came at most this many events earlier; as many as are
     * in memory by default.
     */
    static final long HEAD_START = 50_000;
    /** A request with this many events is full, also if more are allowed: then most of its cost is that of events. */
    private static final int FULL_MAX = 100;

    private final Order order;
    private final int full;
    private final NavigableSet<Slot> ready =
            new TreeSet<>(Comparator.<Slot>comparingLong(slot -> slot.sequence).thenComparingLong(slot -> slot.round));

    private final PriorityQueue<Slot> delayed = new PriorityQueue<>(Comparator.comparingLong(slot -> slot.dueNanos));
    private long round;

    /** Whether a queue is ready, delayed, or neither. */
    static final class Slot {
        private final CustomerQueue queue;
        private boolean queued;
        private boolean delayed;
        private long dueNanos;
        private boolean full;
        /** These two are constant while it is ready. */
        private long sequence;

        private long round;

        Slot(CustomerQueue queue) {
            this.queue = queue;
        }

        boolean isQueued() {
            return queued;
        }

        boolean isDelayed() {
            return delayed;
        }
    }

    CustomerScheduler(Batching bounds) {
        this.order = bounds.order();
        this.full = Math.min(bounds.eventsMax(), FULL_MAX);
    }

    /** Removes and returns the next queue. */
    Optional<CustomerQueue> next(long nowNanos) {
        while (!delayed.isEmpty() && delayed.peek().dueNanos - nowNanos <= 0) {
            Slot due = delayed.remove();
            due.delayed = false;
            due.queued = false;
            ready(due.queue);
        }
        Slot next = ready.pollFirst();
        if (next == null) {
            return Optional.empty();
        }
        next.queued = false;
        return Optional.of(next.queue);
    }

    /** Makes a queue ready, or moves it forward once it is full; does nothing if it is delayed. */
    void ready(CustomerQueue queue) {
        Slot slot = queue.slot;
        boolean isFull = order == Order.CUSTOMER && queue.begun.isEmpty() && queue.waiting.size() >= full;
        if (slot.delayed || (slot.queued && (slot.full || !isFull))) {
            return;
        }
        if (slot.queued) {
            ready.remove(slot);
        }
        slot.queued = true;
        slot.full = isFull;
        slot.round = round++;
        slot.sequence = order == Order.NONE ? slot.round : queue.sequence() - (isFull ? HEAD_START : 0);
        ready.add(slot);
    }

    /** Delays a queue; does nothing if it is ready or delayed already. */
    void delay(CustomerQueue queue, long untilNanos) {
        Slot slot = queue.slot;
        if (!slot.queued) {
            slot.queued = true;
            slot.delayed = true;
            slot.dueNanos = untilNanos;
            delayed.add(slot);
        }
    }

    void leave(CustomerQueue queue) {
        Slot slot = queue.slot;
        if (slot.queued) {
            boolean unused = slot.delayed ? delayed.remove(slot) : ready.remove(slot);
            slot.queued = false;
            slot.delayed = false;
        }
    }

    /** When a delayed queue is next due. */
    OptionalLong nextDueNanos() {
        return delayed.isEmpty() ? OptionalLong.empty() : OptionalLong.of(delayed.peek().dueNanos);
    }
}
