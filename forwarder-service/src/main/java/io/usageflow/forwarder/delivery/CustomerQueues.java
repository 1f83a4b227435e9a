package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.DeliverySettings.Batching;
import io.usageflow.forwarder.config.DeliverySettings.Order;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What waits to be sent, by customer. One thread; times in nanoseconds of a monotonic clock.
 *
 * <p>Batching is natural: whoever has a free slot takes all that waits for one customer, up to the maximum; nothing
 * waits for a batch to fill. Fair, in one of two ways. With order a customer has one request at once, whatever it has to send, so
 * whose oldest event has waited longest is next: nobody is passed over, and a busy customer is not sent behind thousands of
 * small ones, which keeps batches large in a backlog. Without order customers take turns, one batch a turn, or a busy one
 * would take all requests. No event id is ever in two requests in flight,
 * since Credyt had a bug with that (CREDYT-API.md, 3): the second waits for the first. Bounded by whoever feeds it.
 */
final class CustomerQueues {
    private static final int BYTES_LEARNED_MIN = 4 * 1024;

    private final Batching bounds;
    private final Map<Customer, Line> lines = new HashMap<>();
    private final PriorityQueue<Line> ready = new PriorityQueue<>(Comparator.comparingLong(line -> line.place));
    private final PriorityQueue<Line> delayed = new PriorityQueue<>(Comparator.comparingLong(line -> line.dueNanos));
    private final Set<String> idsInFlight = new HashSet<>();
    /** Lines whose next event's id is in flight in another request. */
    private final Map<String, List<Line>> waitingForId = new HashMap<>();

    /** Customers of whom nothing waits and nothing may be sent yet, and until when. */
    private final Map<Customer, Long> heldEmpty = new HashMap<>();

    private long came;
    private long turns;
    private int bytesMax;

    /** One customer's events, in order. */
    private static final class Line {
        final Customer customer;
        final Deque<PendingEvent> waiting = new ArrayDeque<>();
        /** Begun and not finished, oldest first; they go before what waits. */
        final Deque<Batch> begun = new ArrayDeque<>();

        int inFlight;
        /** Among the ready or the delayed. */
        boolean queued;

        boolean delayed;
        boolean held;
        long dueNanos;
        /** Among the ready; does not change while it is queued. */
        long place;

        Line(Customer customer) {
            this.customer = customer;
        }
    }

    /** A request to be sent: the batch's next events. */
    record Pick(Customer customer, Batch batch, List<PendingEvent> events) {
        List<String> ids() {
            return events.stream().map(event -> event.identity().credytId()).toList();
        }
    }

    CustomerQueues(Batching bounds) {
        this.bounds = bounds;
        this.bytesMax = bounds.bytesMax();
    }

    void add(PendingEvent event) {
        Line line = lines.computeIfAbsent(event.identity().customer(), this::begin);
        event.came(came++);
        line.waiting.addLast(event);
        if (line.delayed && !line.held && bounds.order() == Order.NONE) {
            unqueue(line); // a batch that waits for its time holds nobody up
        }
        offer(line);
    }

    private Line begin(Customer customer) {
        Line line = new Line(customer);
        Long until = heldEmpty.remove(customer);
        if (until != null) {
            hold(line, until);
        }
        return line;
    }

    /** The next request of the customer whose turn it is; its ids are in flight until {@link #answered}. */
    Optional<Pick> next(long nowNanos) {
        while (!delayed.isEmpty() && delayed.peek().dueNanos - nowNanos <= 0) {
            Line due = delayed.remove();
            due.delayed = false;
            ready(due);
        }
        while (!ready.isEmpty()) {
            Line line = ready.remove();
            line.queued = false;
            Optional<Pick> pick = pick(line, nowNanos);
            if (pick.isPresent()) {
                pick.get().ids().forEach(idsInFlight::add);
                line.inFlight++;
                offer(line);
                return pick;
            }
            forgetIfEmpty(line);
        }
        return Optional.empty();
    }

    /** The pick's request is over. What remains of its batch goes before what waits, in its time. */
    void answered(Pick pick) {
        Line line = lines.get(pick.customer());
        if (line == null) {
            throw new IllegalStateException("an answer for a customer without requests: " + pick.customer());
        }
        line.inFlight--;
        line.held = false;
        if (!pick.batch().splitter().done()) {
            line.begun.addLast(pick.batch());
        }
        for (String id : pick.ids()) {
            idsInFlight.remove(id);
            List<Line> waiting = waitingForId.remove(id);
            if (waiting != null) {
                waiting.forEach(this::offer);
            }
        }
        offer(line);
        forgetIfEmpty(line);
    }

    /** Nothing of this customer is sent before, not even what has no order or has not come yet. */
    void hold(Customer customer, long untilNanos) {
        Line line = lines.get(customer);
        if (line == null) {
            heldEmpty.put(customer, untilNanos);
        } else {
            hold(line, untilNanos);
        }
    }

    private void hold(Line line, long untilNanos) {
        unqueue(line);
        line.held = true;
        delay(line, untilNanos);
    }

    /** The customer's oldest events that are not in flight, so many at most; they leave. */
    List<PendingEvent> takeOldest(Customer customer, int max) {
        Line line = lines.get(customer);
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
        for (Line line : List.copyOf(lines.values())) {
            take(line, test, taken);
        }
        return taken;
    }

    private void take(Line line, Predicate<PendingEvent> test, List<PendingEvent> taken) {
        Predicate<PendingEvent> moved = event -> test.test(event) && taken.add(event);
        line.begun.forEach(batch -> batch.splitter().retain(moved.negate()));
        line.begun.removeIf(batch -> batch.splitter().done());
        line.waiting.removeIf(moved);
        forgetIfEmpty(line);
    }

    /** Whose event that is, where it waits here. */
    Optional<Customer> customerOf(AssignedPartition partition, long offset) {
        Predicate<PendingEvent> wanted = event -> event.partition() == partition && event.offset() == offset;
        return lines.values().stream()
                .filter(line -> line.waiting.stream().anyMatch(wanted)
                        || line.begun.stream().anyMatch(batch -> batch.splitter().remaining().stream()
                                .anyMatch(wanted)))
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
        for (Line line : List.copyOf(lines.values())) {
            line.waiting.removeIf(event -> !event.current());
            for (Iterator<Batch> begun = line.begun.iterator(); begun.hasNext(); ) {
                BatchSplitter<PendingEvent> splitter = begun.next().splitter();
                splitter.retain(PendingEvent::current);
                if (splitter.done()) {
                    begun.remove();
                }
            }
            forgetIfEmpty(line);
        }
    }

    /** Forgets what waits and was not begun, where the test says so; it stays outstanding in its partition. */
    void removeWaiting(Predicate<PendingEvent> unwanted) {
        for (Line line : List.copyOf(lines.values())) {
            line.waiting.removeIf(unwanted);
            forgetIfEmpty(line);
        }
    }

    /** When a delayed customer is next due. */
    OptionalLong nextDueNanos() {
        return delayed.isEmpty() ? OptionalLong.empty() : OptionalLong.of(delayed.peek().dueNanos);
    }

    private Optional<Pick> pick(Line line, long nowNanos) {
        if (bounds.order() == Order.CUSTOMER && line.inFlight > 0) {
            return Optional.empty(); // offered again by its answer
        }
        line.held = false;
        Optional<Batch> begun = begun(line, nowNanos);
        if (begun.isPresent()) {
            line.begun.remove(begun.get());
            return Optional.of(
                    new Pick(line.customer, begun.get(), begun.get().splitter().next()));
        }
        if (line.queued || (bounds.order() == Order.CUSTOMER && !line.begun.isEmpty())) {
            return Optional.empty();
        }
        List<PendingEvent> events = take(line);
        if (events.isEmpty()) {
            return Optional.empty();
        }
        Batch fresh = new Batch(events);
        return Optional.of(new Pick(line.customer, fresh, fresh.splitter().next()));
    }

    /** The first begun batch that may go; with order, only the first of all. */
    private Optional<Batch> begun(Line line, long nowNanos) {
        OptionalLong due = OptionalLong.empty();
        for (Batch batch : line.begun) {
            Optional<String> busy = batch.splitter().next().stream()
                    .map(event -> event.identity().credytId())
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
            delay(line, due.getAsLong());
        }
        return Optional.empty();
    }

    private static long earlier(long dueNanos, Batch batch) {
        return batch.notBeforeNanos() - dueNanos < 0 ? batch.notBeforeNanos() : dueNanos;
    }

    /** All that waits, up to the bounds and up to an id that is busy. */
    private List<PendingEvent> take(Line line) {
        List<PendingEvent> taken = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        int bytes = 0;
        while (!line.waiting.isEmpty() && taken.size() < bounds.eventsMax()) {
            PendingEvent event = line.waiting.peekFirst();
            String id = event.identity().credytId();
            if (idsInFlight.contains(id)) {
                if (taken.isEmpty()) {
                    waitFor(id, line);
                }
                break;
            }
            bytes += event.json().length + 1;
            if (!taken.isEmpty() && (bytes > bytesMax || ids.contains(id))) {
                break;
            }
            ids.add(id);
            taken.add(line.waiting.removeFirst());
        }
        return taken;
    }

    private void waitFor(String id, Line line) {
        waitingForId.computeIfAbsent(id, absent -> new ArrayList<>()).add(line);
    }

    private void offer(Line line) {
        boolean busy = bounds.order() == Order.CUSTOMER && line.inFlight > 0;
        if (!line.queued && !line.held && !busy && !(line.waiting.isEmpty() && line.begun.isEmpty())) {
            line.queued = true;
            ready(line);
        }
    }

    private void ready(Line line) {
        if (bounds.order() == Order.NONE) {
            line.place = turns++;
        } else if (!line.begun.isEmpty()) {
            line.place = line.begun.getFirst().place();
        } else if (!line.waiting.isEmpty()) {
            line.place = line.waiting.getFirst().place();
        }
        ready.add(line);
    }

    private void delay(Line line, long untilNanos) {
        if (!line.queued) {
            line.queued = true;
            line.delayed = true;
            line.dueNanos = untilNanos;
            delayed.add(line);
        }
    }

    private void unqueue(Line line) {
        if (line.queued) {
            ready.remove(line);
            delayed.remove(line);
            line.queued = false;
            line.delayed = false;
        }
    }

    private void forgetIfEmpty(Line line) {
        if (line.inFlight == 0 && line.waiting.isEmpty() && line.begun.isEmpty()) {
            unqueue(line);
            lines.remove(line.customer);
        }
    }
}
