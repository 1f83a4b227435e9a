package io.usageflow.forwarder.delivery.queue;

import io.usageflow.forwarder.config.DeliverySettings.Batching;
import io.usageflow.forwarder.config.DeliverySettings.Order;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Waiting events, by customer. One thread; times in nanoseconds of a monotonic clock.
 *
 * <p>A request takes all waiting events of the next customer ({@link CustomerScheduler}), up to the maximum; it does
 * not wait for a batch to fill. No event id is in two requests in flight, since Credyt had a bug with that
 * (docs/credyt-api.md, 3). Bounded by backpressure.
 */
public final class CustomerQueues {
    private static final int BYTES_LEARNED_MIN = 4 * 1024;
    /** Maximum of suspect events of a customer before another of its events is accepted. */
    private static final int SUSPECTS_MAX = 8;

    private final Batching bounds;
    private final Map<Customer, CustomerQueue> queues = new HashMap<>();
    private final CustomerScheduler scheduler;
    private final Set<String> idsInFlight = new HashSet<>();
    /** Queues whose next event's id is in flight in another request. */
    private final Map<String, List<CustomerQueue>> waitingForId = new HashMap<>();

    /** Delayed customers without waiting events, and until when. */
    private final Map<Customer, Long> heldEmpty = new HashMap<>();

    private long came;
    private int bytesMax;

    /** A request with the batch's next events. */
    public record BatchRequest(Customer customer, Batch batch, List<PendingEvent> events) {
        /** Credyt's ids, in order; a view, since most answers need none. */
        public List<String> ids() {
            return new AbstractList<>() {
                @Override
                public String get(int index) {
                    return events.get(index).credytId();
                }

                @Override
                public int size() {
                    return events.size();
                }
            };
        }
    }

    public CustomerQueues(Batching bounds) {
        this.bounds = bounds;
        this.scheduler = new CustomerScheduler(bounds.order());
        this.bytesMax = bounds.bytesMax();
    }

    public void add(PendingEvent event) {
        CustomerQueue queue = queues.computeIfAbsent(event.customer(), this::begin);
        event.shares(queue.customer);
        event.enqueued(came++);
        queue.waiting.addLast(event);
        boolean ordered = bounds.order() == Order.CUSTOMER && !queue.begun.isEmpty();
        if (queue.slot.isDelayed() && !queue.held && !ordered) {
            scheduler.leave(queue); // a delayed batch or suspect event must not delay new events
        }
        offer(queue);
    }

    private CustomerQueue begin(Customer customer) {
        CustomerQueue queue = new CustomerQueue(customer);
        Long until = heldEmpty.remove(customer);
        if (until != null) {
            hold(queue, until);
        }
        return queue;
    }

    /** The next request; its ids are in flight until {@link #answered}. */
    public Optional<BatchRequest> next(long nowNanos) {
        for (Optional<CustomerQueue> next = scheduler.next(nowNanos);
                next.isPresent();
                next = scheduler.next(nowNanos)) {
            CustomerQueue queue = next.get();
            Optional<BatchRequest> request = request(queue, nowNanos);
            if (request.isPresent()) {
                queue.inFlight++;
                offer(queue);
                return request;
            }
            forgetIfIdle(queue);
        }
        return Optional.empty();
    }

    /** Ends a request. The rest of its batch precedes the waiting events. */
    public void answered(BatchRequest request) {
        CustomerQueue queue = queues.get(request.customer());
        if (queue == null) {
            throw new IllegalStateException("an answer for a customer without requests: " + request.customer());
        }
        queue.inFlight--;
        queue.held = false;
        if (!request.batch().bisector().done()) {
            if (request.batch() instanceof SuspectEvent suspect) {
                queue.suspects.add(suspect);
            } else {
                queue.begun.addLast(request.batch());
            }
        }
        for (PendingEvent event : request.events()) {
            idsInFlight.remove(event.credytId());
            List<CustomerQueue> waiting = waitingForId.isEmpty() ? null : waitingForId.remove(event.credytId());
            if (waiting != null) {
                waiting.forEach(this::offer);
            }
        }
        offer(queue);
        forgetIfIdle(queue);
    }

    /** Makes suspects of events that failed alone. Only while a request of the customer is in flight. */
    public void suspect(Customer customer, List<PendingEvent> events, SuspectEvent.RequestCounts now, long untilNanos) {
        CustomerQueue queue = Objects.requireNonNull(queues.get(customer));
        for (PendingEvent event : events) {
            var suspect = new SuspectEvent(event, now);
            suspect.delay(untilNanos);
            queue.suspects.add(suspect);
        }
    }

    /** Whether suspect events can be compared with other events of the customer. */
    public boolean canCompare(Customer customer, Batch batch) {
        CustomerQueue queue = queues.get(customer);
        return queue != null
                && queue.suspects.stream()
                                .filter(suspect -> !suspect.customerPassed())
                                .count()
                        < SUSPECTS_MAX
                && (!batch.bisector().askedAll()
                        || !queue.waiting.isEmpty()
                        || !queue.begun.isEmpty()
                        || queue.lastAccepted != null);
    }

    /** Notes an accepted request of the customer. Only while it is in flight. */
    public void passed(Customer customer, PendingEvent last) {
        CustomerQueue queue = Objects.requireNonNull(queues.get(customer));
        queue.lastAccepted = last;
        queue.oneAtATime = false;
        queue.suspects.forEach(SuspectEvent::othersPassed);
    }

    /** Delays the customer's suspect events, because the event to compare them with failed. */
    public void delaySuspects(Customer customer, long untilNanos) {
        Objects.requireNonNull(queues.get(customer)).suspects.forEach(suspect -> suspect.delay(untilNanos));
    }

    /** Sends one request of the customer at a time, until one is accepted. Only while one is in flight. */
    public void sendOneAtATime(Customer customer) {
        Objects.requireNonNull(queues.get(customer)).oneAtATime = true;
    }

    /** Ends the delay of {@link #hold}. */
    public void release(Customer customer) {
        heldEmpty.remove(customer);
        CustomerQueue queue = queues.get(customer);
        if (queue != null && queue.held) {
            scheduler.leave(queue);
            queue.held = false;
            offer(queue);
        }
    }

    /** The number of the customer's events that are not in flight. */
    public int waiting(Customer customer) {
        return (int) events(customer).count();
    }

    /** The number of these that are in the partition. */
    public int waiting(Customer customer, AssignedPartition partition) {
        return (int)
                events(customer).filter(event -> event.partition() == partition).count();
    }

    private Stream<PendingEvent> events(Customer customer) {
        return Stream.ofNullable(queues.get(customer)).flatMap(CustomerQueue::events);
    }

    /** Delays the whole customer, including events without order and later events. */
    public void hold(Customer customer, long untilNanos) {
        CustomerQueue queue = queues.get(customer);
        if (queue == null) {
            heldEmpty.put(customer, untilNanos);
        } else {
            hold(queue, untilNanos);
        }
    }

    private void hold(CustomerQueue queue, long untilNanos) {
        scheduler.leave(queue);
        queue.held = true;
        scheduler.delay(queue, untilNanos);
    }

    /** Removes and returns the customer's oldest events that are not in flight, {@code max} at most. */
    public List<PendingEvent> takeOldest(Customer customer, int max) {
        CustomerQueue queue = queues.get(customer);
        if (queue == null) {
            return List.of();
        }
        List<PendingEvent> taken = new ArrayList<>();
        take(queue, event -> taken.size() < max, taken);
        return taken;
    }

    /** Removes and returns matching events that are not in flight. */
    public List<PendingEvent> take(Predicate<PendingEvent> test) {
        List<PendingEvent> taken = new ArrayList<>();
        for (CustomerQueue queue : List.copyOf(queues.values())) {
            take(queue, test, taken);
        }
        return taken;
    }

    private void take(CustomerQueue queue, Predicate<PendingEvent> test, List<PendingEvent> taken) {
        queue.remove(event -> test.test(event) && taken.add(event));
        forgetIfIdle(queue);
    }

    /** The customer of a waiting event. */
    public Optional<Customer> customerOf(AssignedPartition partition, long offset) {
        return queues.values().stream()
                .filter(queue ->
                        queue.events().anyMatch(event -> event.partition() == partition && event.offset() == offset))
                .map(queue -> queue.customer)
                .findFirst();
    }

    public boolean serves(Customer customer) {
        return queues.containsKey(customer);
    }

    /** Makes batches smaller, since a request of this size was too large. */
    public void tooLarge(int bytes) {
        bytesMax = Math.max(BYTES_LEARNED_MIN, Math.min(bytesMax, bytes / 2));
    }

    /** Drops the events of ended assignments; those in flight leave with their answer. */
    public void dropRevoked() {
        heldEmpty.clear();
        for (CustomerQueue queue : List.copyOf(queues.values())) {
            queue.remove(event -> !event.current());
            forgetIfIdle(queue);
        }
    }

    /** Removes matching events that are in no batch; they stay outstanding in their partition. */
    public void removeWaiting(Predicate<PendingEvent> unwanted) {
        for (CustomerQueue queue : List.copyOf(queues.values())) {
            queue.waiting.removeIf(unwanted);
            forgetIfIdle(queue);
        }
    }

    /** When a delayed customer is next due. */
    public OptionalLong nextDueNanos() {
        return scheduler.nextDueNanos();
    }

    private Optional<BatchRequest> request(CustomerQueue queue, long nowNanos) {
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

    private void offer(CustomerQueue queue) {
        boolean busy = queue.isBusy(bounds.order() == Order.CUSTOMER);
        if (!queue.held && !busy && queue.hasAnyToSend()) {
            scheduler.ready(queue);
        }
    }

    private void forgetIfIdle(CustomerQueue queue) {
        if (queue.isIdle()) {
            scheduler.leave(queue);
            queues.remove(queue.customer);
        }
    }
}
