package io.usageflow.forwarder.delivery.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One customer's events that are not at Credyt yet, in order. A part of {@link CustomerQueues}; one thread. */
final class CustomerQueue {
    final Customer customer;
    final CustomerScheduler.Slot slot = new CustomerScheduler.Slot(this);
    final Deque<PendingEvent> waiting = new ArrayDeque<>();
    /** Begun and not finished, oldest first; they go before what waits. */
    final Deque<Batch> begun = new ArrayDeque<>(1);
    /** Failed alone: others may pass them. */
    final List<SuspectEvent> suspects = new ArrayList<>(0);
    /** Of the last request that was accepted; sent again where a suspect has nothing else to be compared with. */
    @Nullable
    PendingEvent lastAccepted;

    int inFlight;
    /** Nothing of it may be sent before its time, whatever is due. */
    boolean held;

    CustomerQueue(Customer customer) {
        this.customer = customer;
    }

    boolean hasAnyToSend() {
        return !waiting.isEmpty() || !begun.isEmpty() || !suspects.isEmpty();
    }

    boolean isIdle() {
        return inFlight == 0 && !hasAnyToSend();
    }

    /** Of its oldest event that is not in flight, among all events that came. */
    long sequence() {
        if (!begun.isEmpty()) {
            return begun.getFirst().sequence();
        }
        if (!waiting.isEmpty()) {
            return waiting.getFirst().sequence();
        }
        return suspects.isEmpty() ? Long.MAX_VALUE : suspects.get(0).sequence();
    }

    /** Lets go of the events for which the test says so, oldest first; those in flight stay. */
    void remove(Predicate<PendingEvent> leaving) {
        begun.forEach(batch -> batch.bisector().retain(leaving.negate()));
        begun.removeIf(batch -> batch.bisector().done());
        suspects.forEach(suspect -> suspect.bisector().retain(leaving.negate()));
        suspects.removeIf(suspect -> suspect.bisector().done());
        waiting.removeIf(leaving);
    }

    /** All that is not in flight. */
    Stream<PendingEvent> events() {
        Stream<PendingEvent> asked = Stream.concat(suspects.stream(), begun.stream())
                .flatMap(batch -> batch.bisector().remaining().stream());
        return Stream.concat(asked, waiting.stream());
    }
}
