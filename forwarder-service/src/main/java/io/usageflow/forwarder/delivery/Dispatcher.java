package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.clock.RateLimiter;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.delivery.OutcomeHandler.Answered;
import io.usageflow.forwarder.delivery.health.DestinationHealth;
import io.usageflow.forwarder.delivery.http.EventSink;
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
 * Sends what waits as far as the destination admits, and takes the answers. All methods belong to delivery's thread; the
 * sink's threads only put answers into a queue and call {@code wakeUp}.
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

    /** @param asked the event of the batch that Credyt was asked for; empty where the batch was sent */
    private record Sent(BatchRequest batchRequest, Optional<PendingEvent> asked, long nanos) {}

    private record Arrived(long request, Answer answer) {}

    /** @param wakeUp called by the sink's threads when an answer has come */
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
            Optional<PendingEvent> doubtful = batchRequest.get().events().stream()
                    .filter(PendingEvent::needsLookup)
                    .findFirst();
            doubtful.ifPresentOrElse(event -> ask(batchRequest.get(), event, now), () -> send(batchRequest.get(), now));
        }
    }

    /** Asks for one event of a batch, in the batch's place, within the rate for such questions. */
    private void ask(BatchRequest batchRequest, PendingEvent event, long now) {
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
        receive(request, sink.find(event.credytId()));
    }

    private void send(BatchRequest batchRequest, long now) {
        long request = destination.send();
        inFlight.put(request, new Sent(batchRequest, Optional.empty(), now));
        batchRequest.events().forEach(PendingEvent::sent);
        List<byte[]> bodies =
                batchRequest.events().stream().map(PendingEvent::json).toList();
        receive(request, sink.deliver(new EventSink.Request(batchRequest.customer(), bodies)));
    }

    private void receive(long request, CompletionStage<Answer> coming) {
        coming.whenComplete((answer, broken) -> {
            // The stage must not fail; if it does, nothing is known of the request, as after a broken connection.
            arrived.add(new Arrived(
                    request, broken == null ? answer : new Answer.Failure(false, "the sink failed: " + broken)));
            wakeUp.run();
        });
    }

    boolean hasAnswers() {
        return !arrived.isEmpty();
    }

    /** Follows all answers that have come. */
    void followAnswers() {
        for (Arrived next = arrived.poll(); next != null; next = arrived.poll()) {
            follow(next);
        }
    }

    /** Waits for one answer and follows it. Nothing is sent meanwhile. */
    void awaitAnswer(Duration atMost) throws InterruptedException {
        Arrived next = arrived.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
        if (next != null) {
            follow(next);
        }
    }

    private void follow(Arrived next) {
        int together = inFlight.size();
        Sent sent = inFlight.remove(next.request());
        if (sent == null) {
            throw new IllegalStateException("an answer came twice, of request " + next.request());
        }
        BatchRequest batchRequest = sent.batchRequest();
        OptionalLong heldUntil = outcomeHandler.follow(
                new Answered(next.request(), batchRequest, sent.asked(), sent.nanos(), together, next.answer()));
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
     * Sends nothing more of these assignments but what stands below something that is settled or in flight: that much
     * closes the gaps, so that the next owner does not send again what is delivered already.
     */
    void onlyCloseGaps(Collection<AssignedPartition> leaving) {
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

    /** Lets go of the events of assignments that are over, and of what was known of customers there. */
    void dropRevoked(Collection<TopicPartition> partitions) {
        queues.dropRevoked();
        destination.customers().revoked(partitions);
    }

    /** When something may next be sent that may not be sent now; empty where only an answer or a record changes that. */
    OptionalLong nextDueNanos() {
        long now = clock.nanos();
        OptionalLong probe = destination.probeDueNanos();
        if (probe.isPresent() && probe.getAsLong() - now > 0) {
            return probe;
        }
        // What is due already and may not be sent waits for an answer, not for a time: else the loop would spin.
        return destination.admits(inFlight.size(), now) ? queues.nextDueNanos() : OptionalLong.empty();
    }
}
