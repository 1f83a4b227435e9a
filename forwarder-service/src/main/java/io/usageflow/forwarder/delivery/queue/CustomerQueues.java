package io.usageflow.forwarder.delivery.queue;

import io.usageflow.forwarder.config.DeliverySettings.Batching;
import io.usageflow.forwarder.config.DeliverySettings.Order;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
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
    /** Maximum of suspect events of a customer before another of its events is accepted. */
    private static final int SUSPECTS_MAX = 8;

    private final Batching bounds;
    private final Map<Customer, CustomerQueue> queues = new HashMap<>();
    private final CustomerScheduler scheduler;
    private final BatchPicker picker;
    /** Delayed customers without waiting events, and until when; the longest delayed first. */
    private final Map<Customer, Long> heldEmpty = new LinkedHashMap<>();

    private long came;

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
        this.scheduler = new CustomerScheduler(bounds);
        this.picker = new BatchPicker(bounds, scheduler);
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
        forgetReleased(nowNanos);
        for (Optional<CustomerQueue> next = scheduler.next(nowNanos);
                next.isPresent();
                next = scheduler.next(nowNanos)) {
            CustomerQueue queue = next.get();
            Optional<BatchRequest> request = picker.request(queue, nowNanos);
            if (request.isPresent()) {
                queue.inFlight++;
                offer(queue);
                return request;
            }
            forgetIfIdle(queue);
        }
        return Optional.empty();
    }

    /** Otherwise each customer that ever failed with its last event would stay. */
    private void forgetReleased(long nowNanos) {
        Iterator<Long> longest = heldEmpty.values().iterator();
        while (longest.hasNext() && longest.next() - nowNanos <= 0) {
            longest.remove();
        }
    }

    /** The number of customers that take memory: with events here or in flight, or delayed. */
    int customers() {
        return queues.size() + heldEmpty.size();
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
            picker.answered(event).forEach(this::offer);
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
            heldEmpty.remove(customer); // so that it becomes the latest
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
        picker.tooLarge(bytes);
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
