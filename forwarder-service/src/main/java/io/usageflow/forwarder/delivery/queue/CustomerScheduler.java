package io.usageflow.forwarder.delivery.queue;

import io.usageflow.forwarder.config.DeliverySettings.Order;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * Orders ready and delayed customers. A queue has at most one slot. One thread; times in nanoseconds of a monotonic
 * clock.
 *
 * <p>With order, a customer has one request at a time, and the customer whose oldest event has waited longest is next.
 * So no customer starves, and a busy customer does not wait behind thousands of small ones, which keeps batches large
 * in a backlog. Without order, customers take turns; otherwise a busy one would take all requests.
 */
final class CustomerScheduler {
    private final Order order;
    private final PriorityQueue<Slot> ready = new PriorityQueue<>(Comparator.comparingLong(slot -> slot.sequence));
    private final PriorityQueue<Slot> delayed = new PriorityQueue<>(Comparator.comparingLong(slot -> slot.dueNanos));
    private long round;

    /** Whether a queue is ready, delayed, or neither. */
    static final class Slot {
        private final CustomerQueue queue;
        private boolean queued;
        private boolean delayed;
        private long dueNanos;
        /** Constant while it is ready. */
        private long sequence;

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

    CustomerScheduler(Order order) {
        this.order = order;
    }

    /** Removes and returns the next queue. */
    Optional<CustomerQueue> next(long nowNanos) {
        while (!delayed.isEmpty() && delayed.peek().dueNanos - nowNanos <= 0) {
            Slot due = delayed.remove();
            due.delayed = false;
            due.queued = false;
            ready(due.queue);
        }
        if (ready.isEmpty()) {
            return Optional.empty();
        }
        Slot next = ready.remove();
        next.queued = false;
        return Optional.of(next.queue);
    }

    /** Makes a queue ready; does nothing if it is ready or delayed already. */
    void ready(CustomerQueue queue) {
        Slot slot = queue.slot;
        if (!slot.queued) {
            slot.queued = true;
            slot.sequence = order == Order.NONE ? round++ : queue.sequence();
            ready.add(slot);
        }
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
            (slot.delayed ? delayed : ready).remove(slot);
            slot.queued = false;
            slot.delayed = false;
        }
    }

    /** When a delayed queue is next due. */
    OptionalLong nextDueNanos() {
        return delayed.isEmpty() ? OptionalLong.empty() : OptionalLong.of(delayed.peek().dueNanos);
    }
}
