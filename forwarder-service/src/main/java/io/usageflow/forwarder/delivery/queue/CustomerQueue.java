package io.usageflow.forwarder.delivery.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One customer's unsettled events, in order. Part of {@link CustomerQueues}; one thread. */
final class CustomerQueue {
    final Customer customer;
    final CustomerScheduler.Slot slot = new CustomerScheduler.Slot(this);
    final Deque<PendingEvent> waiting = new ArrayDeque<>();
    /** Unfinished batches, oldest first; they precede the waiting events. */
    final Deque<Batch> begun = new ArrayDeque<>(1);
    /** Events that failed alone; others may overtake them. */
    final List<SuspectEvent> suspects = new ArrayList<>(0);
    /** An event of the last accepted request; sent again if a suspect event has nothing else to be compared with. */
    @Nullable
    PendingEvent lastAccepted;

    int inFlight;
    /** Whether the whole customer is delayed. */
    boolean held;
    /** Whether it has one request in flight at most, even without order. */
    boolean oneAtATime;

    CustomerQueue(Customer customer) {
        this.customer = customer;
    }

    boolean hasAnyToSend() {
        return !waiting.isEmpty() || !begun.isEmpty() || !suspects.isEmpty();
    }

    /** Whether its next request has to wait for the answer to another. */
    boolean isBusy(boolean ordered) {
        return (ordered || oneAtATime) && inFlight > 0;
    }

    boolean isIdle() {
        return inFlight == 0 && !hasAnyToSend();
    }

    /** The sequence of its oldest event that is not in flight. */
    long sequence() {
        if (!begun.isEmpty()) {
            return begun.getFirst().sequence();
        }
        if (!waiting.isEmpty()) {
            return waiting.getFirst().sequence();
        }
        return suspects.isEmpty() ? Long.MAX_VALUE : suspects.get(0).sequence();
    }

    /** Removes matching events that are not in flight, oldest first. */
    void remove(Predicate<PendingEvent> leaving) {
        begun.forEach(batch -> batch.bisector().retain(leaving.negate()));
        begun.removeIf(batch -> batch.bisector().done());
        suspects.forEach(suspect -> suspect.bisector().retain(leaving.negate()));
        suspects.removeIf(suspect -> suspect.bisector().done());
        waiting.removeIf(leaving);
    }

    /** All events that are not in flight. */
    Stream<PendingEvent> events() {
        Stream<PendingEvent> asked = Stream.concat(suspects.stream(), begun.stream())
                .flatMap(batch -> batch.bisector().remaining().stream());
        return Stream.concat(asked, waiting.stream());
    }
}
