package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.clock.RateLimiter;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.TraceContext;
import io.usageflow.forwarder.delivery.health.DestinationHealth;
import io.usageflow.forwarder.delivery.outcome.OutcomeHandler;
import io.usageflow.forwarder.delivery.outcome.OutcomeHandler.Answered;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.queue.CustomerQueues;
import io.usageflow.forwarder.delivery.queue.CustomerQueues.BatchRequest;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/**
 * Sends waiting events as far as the destination admits, and takes the answers. Belongs to delivery's thread; the
 * sink's threads only add answers to a queue and call {@code wakeUp}.
 */
final class Dispatcher {
    private final EventSink sink;
    private final CustomerQueues queues;
    private final DestinationHealth destination;
    private final OutcomeHandler outcomeHandler;
    private final DeliveryClock clock;
    private final Runnable wakeUp;
    private final Map<Long, Sent> inFlight = new HashMap<>();
    /** Bounded by the requests in flight. */
    private final BlockingQueue<Arrived> arrived = new LinkedBlockingQueue<>();

    /** A request in flight: a batch, or the lookup of one of its events. */
    private record Sent(BatchRequest batchRequest, Optional<PendingEvent> lookup, long nanos) {}

    private record Arrived(long request, Answer answer) {}

    /** {@code wakeUp} is called by the sink's threads after each answer. */
    Dispatcher(
            EventSink sink,
            CustomerQueues queues,
            DestinationHealth destination,
            OutcomeHandler outcomeHandler,
            DeliveryClock clock,
            Runnable wakeUp) {
        this.sink = sink;
        this.queues = queues;
        this.destination = destination;
        this.outcomeHandler = outcomeHandler;
        this.clock = clock;
        this.wakeUp = wakeUp;
    }

    void add(PendingEvent event) {
        queues.add(event);
    }

    /** Sends until nothing is due or the destination admits no more. */
    void send() {
        long now = clock.nanos();
        while (destination.admits(inFlight.size(), now)) {
            Optional<BatchRequest> batchRequest = queues.next(now);
            if (batchRequest.isEmpty()) {
                return;
            }
            Optional<PendingEvent> unclear = batchRequest.get().events().stream()
                    .filter(PendingEvent::needsLookup)
                    .findFirst();
            unclear.ifPresentOrElse(
                    event -> lookUp(batchRequest.get(), event, now), () -> send(batchRequest.get(), now));
        }
    }

    /** Looks up one event instead of sending its batch, within the rate of lookups. */
    private void lookUp(BatchRequest batchRequest, PendingEvent event, long now) {
        RateLimiter lookups = destination.lookups(now);
        long wait = lookups.waitNanos(now);
        if (wait > 0) {
            batchRequest.batch().delay(now + wait);
            queues.answered(batchRequest);
            return;
        }
        lookups.acquire(now);
        long request = destination.send();
        inFlight.put(request, new Sent(batchRequest, Optional.of(event), now));
        receive(request, sink.find(batchRequest.customer(), event.credytId()));
    }

    private void send(BatchRequest batchRequest, long now) {
        long request = destination.send();
        inFlight.put(request, new Sent(batchRequest, Optional.empty(), now));
        batchRequest.events().forEach(PendingEvent::sent);
        List<byte[]> bodies =
                batchRequest.events().stream().map(PendingEvent::json).toList();
        Optional<TraceContext> trace = TraceContext.common(batchRequest.events().stream()
                .map(event -> event.origin().headers())
                .toList());
        receive(request, sink.deliver(new EventSink.Request(batchRequest.customer(), bodies, trace)));
    }

    private void receive(long request, CompletionStage<Answer> coming) {
        coming.whenComplete((answer, broken) -> {
            // The stage must not fail; if it does, the request's outcome is unknown, as after a broken connection.
            arrived.add(new Arrived(
                    request, broken == null ? answer : new Answer.Failure(false, "the sink failed: " + broken)));
            wakeUp.run();
        });
    }

    boolean hasAnswers() {
        return !arrived.isEmpty();
    }

    /** Handles all answers that have arrived. */
    void handleAnswers() {
        for (Arrived next = arrived.poll(); next != null; next = arrived.poll()) {
            handle(next);
        }
    }

    /** Waits for one answer and handles it; sends nothing meanwhile. */
    void awaitAnswer(Duration atMost) throws InterruptedException {
        Arrived next = arrived.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
        if (next != null) {
            handle(next);
        }
    }

    private void handle(Arrived next) {
        int together = inFlight.size();
        Sent sent = inFlight.remove(next.request());
        if (sent == null) {
            throw new IllegalStateException("a second answer arrived for request " + next.request());
        }
        BatchRequest batchRequest = sent.batchRequest();
        OptionalLong heldUntil = outcomeHandler.handle(
                new Answered(next.request(), batchRequest, sent.lookup(), sent.nanos(), together, next.answer()));
        if (!batchRequest.events().stream().allMatch(PendingEvent::current)) {
            batchRequest.batch().bisector().retain(PendingEvent::current);
        }
        queues.answered(batchRequest);
        if (!queues.serves(batchRequest.customer())) {
            destination.customers().idle(batchRequest.customer(), clock.nanos());
        }
        heldUntil.ifPresent(until -> queues.hold(batchRequest.customer(), until));
    }

    int inFlight() {
        return inFlight.size();
    }

    /**
     * Drops waiting events of these assignments, except those below an event that is settled or in flight. Sending
     * these closes gaps, so that the next owner does not send delivered events again.
     */
    void keepOnlyGaps(Collection<AssignedPartition> leaving) {
        Map<AssignedPartition, Long> newest = new HashMap<>();
        for (AssignedPartition partition : leaving) {
            newest.put(partition, partition.ledger().newestSettled().orElse(-1));
        }
        for (Sent sent : inFlight.values()) {
            sent.batchRequest()
                    .events()
                    .forEach(event -> newest.computeIfPresent(
                            event.partition(), (partition, offset) -> Math.max(offset, event.offset())));
        }
        queues.removeWaiting(event -> event.offset() > newest.getOrDefault(event.partition(), Long.MAX_VALUE));
    }

    /** Whether a request in flight carries an event of that assignment. */
    boolean carries(AssignedPartition partition) {
        return inFlight.values().stream()
                .flatMap(sent -> sent.batchRequest().events().stream())
                .anyMatch(event -> event.partition() == partition);
    }

    /** Drops the events and customers of assignments that have ended. */
    void dropRevoked(Collection<TopicPartition> partitions) {
        queues.dropRevoked();
        destination.customers().revoked(partitions);
    }

    /** When the next event may be sent; empty if only an answer or a new record can change that. */
    OptionalLong nextDueNanos() {
        long now = clock.nanos();
        OptionalLong probe = destination.probeDueNanos();
        if (probe.isPresent() && probe.getAsLong() - now > 0) {
            return probe;
        }
        // An event that is due but not admitted waits for an answer, not for a time: otherwise the loop would spin.
        return destination.admits(inFlight.size(), now) ? queues.nextDueNanos() : OptionalLong.empty();
    }
}
