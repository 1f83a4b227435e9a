package io.usageflow.forwarder.delivery.queue;

import io.usageflow.forwarder.config.DeliverySettings.Batching;
import io.usageflow.forwarder.config.DeliverySettings.Order;
import io.usageflow.forwarder.delivery.queue.CustomerQueues.BatchRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Picks the events of a customer's next request: a suspect event, an unfinished batch, or waiting events. Knows the ids
 * in flight, since no id is in two requests. Part of {@link CustomerQueues}; one thread.
 */
final class BatchPicker {
    private static final int BYTES_LEARNED_MIN = 4 * 1024;

    private final Batching bounds;
    private final CustomerScheduler scheduler;
    private final Set<String> idsInFlight = new HashSet<>();
    /** Queues whose next event's id is in flight in another request. */
    private final Map<String, List<CustomerQueue>> waitingForId = new HashMap<>();

    private int bytesMax;

    BatchPicker(Batching bounds, CustomerScheduler scheduler) {
        this.bounds = bounds;
        this.scheduler = scheduler;
        this.bytesMax = bounds.bytesMax();
    }

    /** Notes that the event's id is no longer in flight. Returns the queues that waited for it. */
    List<CustomerQueue> answered(PendingEvent event) {
        idsInFlight.remove(event.credytId());
        List<CustomerQueue> waiting = waitingForId.isEmpty() ? null : waitingForId.remove(event.credytId());
        return waiting == null ? List.of() : waiting;
    }

    /** Makes batches smaller, since a request of this size was too large. */
    void tooLarge(int bytes) {
        bytesMax = Math.max(BYTES_LEARNED_MIN, Math.min(bytesMax, bytes / 2));
    }

    /** The queue's next request, whose ids are now in flight; empty if it has none now. */
    Optional<BatchRequest> request(CustomerQueue queue, long nowNanos) {
        if (queue.isBusy(bounds.order() == Order.CUSTOMER)) {
            return Optional.empty(); // offered again by its answer
        }
        queue.held = false;
        Optional<Batch> ripe = suspect(queue, nowNanos, SuspectEvent::isRipe);
        Optional<Batch> begun = ripe.isPresent() ? ripe : begun(queue, nowNanos);
        if (begun.isPresent()) {
            return Optional.of(again(queue, begun.get()));
        }
        if (queue.slot.isQueued() || (bounds.order() == Order.CUSTOMER && !queue.begun.isEmpty())) {
            return Optional.empty();
        }
        if (queue.waiting.isEmpty() && !queue.suspects.isEmpty()) {
            Optional<Batch> suspect = suspect(queue, nowNanos, any -> true);
            if (suspect.isEmpty()) {
                waitForSuspects(queue, nowNanos);
                return Optional.empty();
            }
            PendingEvent accepted = queue.lastAccepted;
            if (accepted == null || !accepted.current() || idsInFlight.contains(accepted.credytId())) {
                return Optional.of(again(queue, suspect.get()));
            }
            queue.waiting.add(accepted); // Credyt has it, so it can only be accepted; it is not counted again
        }
        List<PendingEvent> events = take(queue);
        if (events.isEmpty()) {
            return Optional.empty();
        }
        Batch fresh = new Batch(events);
        return Optional.of(
                new BatchRequest(queue.customer, fresh, fresh.bisector().next()));
    }

    private BatchRequest again(CustomerQueue queue, Batch batch) {
        if (batch instanceof SuspectEvent suspect) {
            queue.suspects.remove(suspect);
        } else {
            queue.begun.remove(batch);
        }
        List<PendingEvent> events = batch.bisector().next();
        events.forEach(event -> idsInFlight.add(event.credytId()));
        return new BatchRequest(queue.customer, batch, events);
    }

    private Optional<Batch> suspect(CustomerQueue queue, long nowNanos, Predicate<SuspectEvent> which) {
        return queue.suspects.stream()
                .filter(which)
                .filter(suspect -> suspect.due(nowNanos))
                .filter(suspect ->
                        suspect.bisector().next().stream().noneMatch(event -> idsInFlight.contains(event.credytId())))
                .<Batch>map(suspect -> suspect)
                .findFirst();
    }

    private void waitForSuspects(CustomerQueue queue, long nowNanos) {
        Optional<SuspectEvent> busy =
                queue.suspects.stream().filter(suspect -> suspect.due(nowNanos)).findFirst();
        if (busy.isPresent()) {
            waitFor(busy.get().bisector().next().get(0).credytId(), queue);
            return;
        }
        queue.suspects.stream()
                .mapToLong(Batch::notBeforeNanos)
                .reduce((one, other) -> one - other < 0 ? one : other)
                .ifPresent(due -> scheduler.delay(queue, due));
    }

    /** The first unfinished batch that may be sent; with order, only the oldest. */
    private Optional<Batch> begun(CustomerQueue queue, long nowNanos) {
        OptionalLong due = OptionalLong.empty();
        for (Batch batch : queue.begun) {
            Optional<String> busy = batch.bisector().next().stream()
                    .map(PendingEvent::credytId)
                    .filter(idsInFlight::contains)
                    .findFirst();
            if (batch.due(nowNanos) && busy.isEmpty()) {
                return Optional.of(batch);
            }
            if (!batch.due(nowNanos)) {
                due = OptionalLong.of(due.isPresent() ? earlier(due.getAsLong(), batch) : batch.notBeforeNanos());
            } else {
                waitFor(busy.orElseThrow(), queue);
            }
            if (bounds.order() == Order.CUSTOMER) {
                break;
            }
        }
        if (due.isPresent() && (bounds.order() == Order.CUSTOMER || queue.waiting.isEmpty())) {
            scheduler.delay(queue, due.getAsLong());
        }
        return Optional.empty();
    }

    private static long earlier(long dueNanos, Batch batch) {
        return batch.notBeforeNanos() - dueNanos < 0 ? batch.notBeforeNanos() : dueNanos;
    }

    /** Takes the waiting events up to the bounds or to an id in flight, and marks their ids as in flight. */
    private List<PendingEvent> take(CustomerQueue queue) {
        List<PendingEvent> taken = new ArrayList<>();
        int bytes = 0;
        while (!queue.waiting.isEmpty() && taken.size() < bounds.eventsMax()) {
            PendingEvent event = queue.waiting.getFirst();
            bytes += event.json().length + 1;
            if (!taken.isEmpty() && bytes > bytesMax) {
                break;
            }
            if (!idsInFlight.add(event.credytId())) {
                if (taken.isEmpty()) {
                    waitFor(event.credytId(), queue);
                }
                break;
            }
            taken.add(queue.waiting.removeFirst());
        }
        return taken;
    }

    private void waitFor(String id, CustomerQueue queue) {
        waitingForId.computeIfAbsent(id, absent -> new ArrayList<>()).add(queue);
    }
}
