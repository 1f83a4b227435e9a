package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.DeliverySettings.Batching;
import io.usageflow.forwarder.config.DeliverySettings.Order;
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

/**
 * What waits to be sent, by customer. One thread; times in nanoseconds of a monotonic clock.
 *
 * <p>Batching is natural: whoever has a free slot takes all that waits for the customer whose turn it is ({@link Turns}), up to
 * the maximum; nothing waits for a batch to fill. No event id is ever in two requests in flight, since Credyt had a bug with
 * that (docs/credyt-api.md, 3): the second waits for the first. Bounded by whoever feeds it.
 */
final class CustomerQueues {
    private static final int BYTES_LEARNED_MIN = 4 * 1024;
    /** Events of a customer that failed alone, at a time, before others of it are known to pass. */
    private static final int SUSPECTS_MAX = 8;

    private final Batching bounds;
    private final Map<Customer, CustomerLine> lines = new HashMap<>();
    private final Turns turns;
    private final Set<String> idsInFlight = new HashSet<>();
    /** Lines whose next event's id is in flight in another request. */
    private final Map<String, List<CustomerLine>> waitingForId = new HashMap<>();

    /** Customers of whom nothing waits and nothing may be sent yet, and until when. */
    private final Map<Customer, Long> heldEmpty = new HashMap<>();

    private long came;
    private int bytesMax;

    /** A request to be sent: the batch's next events. */
    record Pick(Customer customer, Batch batch, List<PendingEvent> events) {
        /** At Credyt, in order; a view, since most answers name none. */
        List<String> ids() {
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

    CustomerQueues(Batching bounds) {
        this.bounds = bounds;
        this.turns = new Turns(bounds.order());
        this.bytesMax = bounds.bytesMax();
    }

    void add(PendingEvent event) {
        CustomerLine line = lines.computeIfAbsent(event.customer(), this::begin);
        event.shares(line.customer);
        event.came(came++);
        line.waiting.addLast(event);
        boolean ordered = bounds.order() == Order.CUSTOMER && !line.begun.isEmpty();
        if (line.turn.isDelayed() && !line.held && !ordered) {
            turns.leave(line); // a batch or a suspect event that waits for its time holds no other customer up
        }
        offer(line);
    }

    private CustomerLine begin(Customer customer) {
        CustomerLine line = new CustomerLine(customer);
        Long until = heldEmpty.remove(customer);
        if (until != null) {
            hold(line, until);
        }
        return line;
    }

    /** The next request of the customer whose turn it is; its ids are in flight until {@link #answered}. */
    Optional<Pick> next(long nowNanos) {
        for (Optional<CustomerLine> next = turns.next(nowNanos); next.isPresent(); next = turns.next(nowNanos)) {
            CustomerLine line = next.get();
            Optional<Pick> pick = pick(line, nowNanos);
            if (pick.isPresent()) {
                line.inFlight++;
                offer(line);
                return pick;
            }
            forgetIfIdle(line);
        }
        return Optional.empty();
    }

    /** The pick's request is over. What remains of its batch goes before what waits, in its time. */
    void answered(Pick pick) {
        CustomerLine line = lines.get(pick.customer());
        if (line == null) {
            throw new IllegalStateException("an answer for a customer without requests: " + pick.customer());
        }
        line.inFlight--;
        line.held = false;
        if (!pick.batch().splitter().done()) {
            if (pick.batch() instanceof SuspectEvent suspect) {
                line.suspects.add(suspect);
            } else {
                line.begun.addLast(pick.batch());
            }
        }
        for (PendingEvent event : pick.events()) {
            idsInFlight.remove(event.credytId());
            List<CustomerLine> waiting = waitingForId.isEmpty() ? null : waitingForId.remove(event.credytId());
            if (waiting != null) {
                waiting.forEach(this::offer);
            }
        }
        offer(line);
        forgetIfIdle(line);
    }

    /** The events failed alone: they are tried beside the customer's others from now on. Only with a request of it out. */
    void suspect(Customer customer, List<PendingEvent> events, Destination.Requests now, long untilNanos) {
        CustomerLine line = Objects.requireNonNull(lines.get(customer));
        for (PendingEvent event : events) {
            var suspect = new SuspectEvent(event, now);
            suspect.delay(untilNanos);
            line.suspects.add(suspect);
        }
    }

    /** Whether suspect events of the customer can be compared with others of it, now or when these come. */
    boolean canCompare(Customer customer, Batch batch) {
        CustomerLine line = lines.get(customer);
        return line != null
                && line.suspects.stream()
                                .filter(suspect -> !suspect.customerPassed())
                                .count()
                        < SUSPECTS_MAX
                && (!batch.splitter().askedAll()
                        || !line.waiting.isEmpty()
                        || !line.begun.isEmpty()
                        || line.lastAccepted != null);
    }

    /** A request of the customer was accepted. Only while it is out. */
    void passed(Customer customer, PendingEvent last) {
        CustomerLine line = Objects.requireNonNull(lines.get(customer));
        line.lastAccepted = last;
        line.suspects.forEach(SuspectEvent::othersPassed);
    }

    /** What its suspect events were to be compared with failed: they are not tried before. */
    void delaySuspects(Customer customer, long untilNanos) {
        Objects.requireNonNull(lines.get(customer)).suspects.forEach(suspect -> suspect.delay(untilNanos));
    }

    /** Nothing of this customer is sent before, not even what has no order or has not come yet. */
    void hold(Customer customer, long untilNanos) {
        CustomerLine line = lines.get(customer);
        if (line == null) {
            heldEmpty.put(customer, untilNanos);
        } else {
            hold(line, untilNanos);
        }
    }

    private void hold(CustomerLine line, long untilNanos) {
        turns.leave(line);
        line.held = true;
        turns.delay(line, untilNanos);
    }

    /** The customer's oldest events that are not in flight, so many at most; they leave. */
    List<PendingEvent> takeOldest(Customer customer, int max) {
        CustomerLine line = lines.get(customer);
        if (line == null) {
            return List.of();
        }
        List<PendingEvent> taken = new ArrayList<>();
        take(line, event -> taken.size() < max, taken);
        return taken;
    }

    /** All that is not in flight and for which the test says so; it leaves. */
    List<PendingEvent> take(Predicate<PendingEvent> test) {
        List<PendingEvent> taken = new ArrayList<>();
        for (CustomerLine line : List.copyOf(lines.values())) {
            take(line, test, taken);
        }
        return taken;
    }

    private void take(CustomerLine line, Predicate<PendingEvent> test, List<PendingEvent> taken) {
        line.remove(event -> test.test(event) && taken.add(event));
        forgetIfIdle(line);
    }

    /** Whose event that is, where it waits here. */
    Optional<Customer> customerOf(AssignedPartition partition, long offset) {
        return lines.values().stream()
                .filter(line ->
                        line.events().anyMatch(event -> event.partition() == partition && event.offset() == offset))
                .map(line -> line.customer)
                .findFirst();
    }

    boolean serves(Customer customer) {
        return lines.containsKey(customer);
    }

    /** A request of this size was too large: batches become smaller from now on. */
    void tooLarge(int bytes) {
        bytesMax = Math.max(BYTES_LEARNED_MIN, Math.min(bytesMax, bytes / 2));
    }

    /** Lets go of the events of assignments that are over. Those in flight leave with their answer. */
    void dropRevoked() {
        heldEmpty.clear();
        for (CustomerLine line : List.copyOf(lines.values())) {
            line.remove(event -> !event.current());
            forgetIfIdle(line);
        }
    }

    /** Forgets what waits and was not begun, where the test says so; it stays outstanding in its partition. */
    void removeWaiting(Predicate<PendingEvent> unwanted) {
        for (CustomerLine line : List.copyOf(lines.values())) {
            line.waiting.removeIf(unwanted);
            forgetIfIdle(line);
        }
    }

    /** When a delayed customer is next due. */
    OptionalLong nextDueNanos() {
        return turns.nextDueNanos();
    }

    private Optional<Pick> pick(CustomerLine line, long nowNanos) {
        if (bounds.order() == Order.CUSTOMER && line.inFlight > 0) {
            return Optional.empty(); // offered again by its answer
        }
        line.held = false;
        Optional<Batch> ripe = suspect(line, nowNanos, SuspectEvent::isRipe);
        Optional<Batch> begun = ripe.isPresent() ? ripe : begun(line, nowNanos);
        if (begun.isPresent()) {
            return Optional.of(again(line, begun.get()));
        }
        if (line.turn.isQueued() || (bounds.order() == Order.CUSTOMER && !line.begun.isEmpty())) {
            return Optional.empty();
        }
        if (line.waiting.isEmpty() && !line.suspects.isEmpty()) {
            Optional<Batch> suspect = suspect(line, nowNanos, any -> true);
            if (suspect.isEmpty()) {
                waitForSuspects(line, nowNanos);
                return Optional.empty();
            }
            PendingEvent accepted = line.lastAccepted;
            if (accepted == null || !accepted.current() || idsInFlight.contains(accepted.credytId())) {
                return Optional.of(again(line, suspect.get()));
            }
            line.waiting.add(accepted); // Credyt has it: sent again it can only be accepted, and is not booked
        }
        List<PendingEvent> events = take(line);
        if (events.isEmpty()) {
            return Optional.empty();
        }
        Batch fresh = new Batch(events);
        return Optional.of(new Pick(line.customer, fresh, fresh.splitter().next()));
    }

    private Pick again(CustomerLine line, Batch batch) {
        if (batch instanceof SuspectEvent suspect) {
            line.suspects.remove(suspect);
        } else {
            line.begun.remove(batch);
        }
        List<PendingEvent> events = batch.splitter().next();
        events.forEach(event -> idsInFlight.add(event.credytId()));
        return new Pick(line.customer, batch, events);
    }

    private Optional<Batch> suspect(CustomerLine line, long nowNanos, Predicate<SuspectEvent> which) {
        return line.suspects.stream()
                .filter(which)
                .filter(suspect -> suspect.due(nowNanos))
                .filter(suspect ->
                        suspect.splitter().next().stream().noneMatch(event -> idsInFlight.contains(event.credytId())))
                .<Batch>map(suspect -> suspect)
                .findFirst();
    }

    private void waitForSuspects(CustomerLine line, long nowNanos) {
        Optional<SuspectEvent> busy =
                line.suspects.stream().filter(suspect -> suspect.due(nowNanos)).findFirst();
        if (busy.isPresent()) {
            waitFor(busy.get().splitter().next().get(0).credytId(), line);
            return;
        }
        line.suspects.stream()
                .mapToLong(Batch::notBeforeNanos)
                .reduce((one, other) -> one - other < 0 ? one : other)
                .ifPresent(due -> turns.delay(line, due));
    }

    /** The first begun batch that may go; with order, only the first of all. */
    private Optional<Batch> begun(CustomerLine line, long nowNanos) {
        OptionalLong due = OptionalLong.empty();
        for (Batch batch : line.begun) {
            Optional<String> busy = batch.splitter().next().stream()
                    .map(PendingEvent::credytId)
                    .filter(idsInFlight::contains)
                    .findFirst();
            if (batch.due(nowNanos) && busy.isEmpty()) {
                return Optional.of(batch);
            }
            if (!batch.due(nowNanos)) {
                due = OptionalLong.of(due.isPresent() ? earlier(due.getAsLong(), batch) : batch.notBeforeNanos());
            } else {
                waitFor(busy.orElseThrow(), line);
            }
            if (bounds.order() == Order.CUSTOMER) {
                break;
            }
        }
        if (due.isPresent() && (bounds.order() == Order.CUSTOMER || line.waiting.isEmpty())) {
            turns.delay(line, due.getAsLong());
        }
        return Optional.empty();
    }

    private static long earlier(long dueNanos, Batch batch) {
        return batch.notBeforeNanos() - dueNanos < 0 ? batch.notBeforeNanos() : dueNanos;
    }

    /** All that waits, up to the bounds and up to an id that is busy; the ids taken are in flight from here on. */
    private List<PendingEvent> take(CustomerLine line) {
        List<PendingEvent> taken = new ArrayList<>();
        int bytes = 0;
        while (!line.waiting.isEmpty() && taken.size() < bounds.eventsMax()) {
            PendingEvent event = line.waiting.getFirst();
            bytes += event.json().length + 1;
            if (!taken.isEmpty() && bytes > bytesMax) {
                break;
            }
            if (!idsInFlight.add(event.credytId())) {
                if (taken.isEmpty()) {
                    waitFor(event.credytId(), line);
                }
                break;
            }
            taken.add(line.waiting.removeFirst());
        }
        return taken;
    }

    private void waitFor(String id, CustomerLine line) {
        waitingForId.computeIfAbsent(id, absent -> new ArrayList<>()).add(line);
    }

    private void offer(CustomerLine line) {
        boolean busy = bounds.order() == Order.CUSTOMER && line.inFlight > 0;
        if (!line.held && !busy && line.hasAnyToSend()) {
            turns.ready(line);
        }
    }

    private void forgetIfIdle(CustomerLine line) {
        if (line.isIdle()) {
            turns.leave(line);
            lines.remove(line.customer);
        }
    }
}
