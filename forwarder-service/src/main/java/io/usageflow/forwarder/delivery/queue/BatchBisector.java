package io.usageflow.forwarder.delivery.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds the culprits of a refused batch, in order and with few requests. Pure; one thread; generic so that it can be
 * tested with numbers.
 *
 * <p>Holds the events that are not settled yet as an ordered list of segments. A segment is <em>suspect</em> when it is
 * known to hold a culprit: the whole was refused, and what stood before it was accepted. {@link #next} is what to send;
 * one of {@link #accepted}, {@link #known}, {@link #refused}, {@link #partial} and {@link #tooLarge} answers it, or none
 * where the request failed for now and the same is sent again.
 *
 * <p>Of a suspect segment only the first half is sent: where that is accepted the second half is suspect without a
 * request, where it is refused the second half goes back among those of which nothing is known. All of these are sent as
 * one again once the culprit stands alone. So a culprit costs at most ⌈log2 n⌉ requests to find, one to stand alone, and
 * one for the rest; never more than 2·⌈log2 n⌉ extra requests a culprit. Where culprits are dense (three were found, or
 * ids exist already, which happens to whole batches) the rest is sent in pieces that begin at one event and double with
 * each success. Nothing is found guilty but standing alone, and events are sent in their order throughout.
 *
 * <p>A request may also fail without an answer that says why ({@link #failed}): its content may be the cause, or the
 * destination may be away. It is divided in the same way, and an event that failed alone is set apart; when something of
 * the batch is accepted after it, it leaves ({@link #takeAlone}). In an outage nothing is accepted, and after a few single
 * events {@link #nothingPasses}: all are asked together again.
 *
 * <p>Where it may be the customer rather than an event, events are probed alone, first before and then between the
 * rests, until one is accepted. Once as many single probes as the patience were refused alike, the rest too, and nothing
 * was accepted, the customer is {@link #customerSuspected suspected}: all events are back and none is found guilty.
 *
 * @param <T> an event
 */
public final class BatchBisector<T> {
    /** A batch of fewer events than this never makes the customer suspect. */
    private static final int ALIKE_MIN = 3;

    private static final int DENSE_AFTER = 3;
    /** Events that failed alone, one after the other, before it is taken that nothing passes. */
    private static final int ALONE_MAX = 3;

    private final int patience;
    private final Deque<Segment<T>> segments = new ArrayDeque<>();
    /** Refused standing alone, and not released while the customer may still be the cause. */
    private final List<T> condemned = new ArrayList<>();

    /** Failed standing alone, and nothing was accepted since. */
    private final List<T> failedAlone = new ArrayList<>();
    /** Failed standing alone before something else was accepted. */
    private final List<T> setApart = new ArrayList<>();

    private List<T> probe = List.of();
    private boolean probeIsSuspect;
    /** Whether the first segment and the probe together are one suspect segment. */
    private boolean restIsSuspect;

    private int chunk = Integer.MAX_VALUE;
    private int sizeMax = Integer.MAX_VALUE;
    private int found;
    private boolean anyAccepted;
    private boolean dividing;
    private boolean customerPossible;
    private boolean customerSuspected;
    private String refusalKind = "";

    private record Segment<T>(List<T> events, boolean suspect) {}

    /**
     * @param events at least one
     * @param patience single refusals alike, at least 2, before the customer is suspected
     */
    BatchBisector(List<T> events, int patience) {
        if (events.isEmpty() || patience < 2) {
            throw new IllegalArgumentException("needs events and a patience of 2, not " + events + ", " + patience);
        }
        this.patience = patience;
        segments.add(new Segment<>(List.copyOf(events), false));
    }

    /** What to send now; the same again until it is answered. Only where not {@link #done}. */
    List<T> next() {
        if (!probe.isEmpty()) {
            return probe;
        }
        Segment<T> first = segments.removeFirst();
        if (!first.suspect()) {
            first = new Segment<>(withUnknownThatFollow(first.events()), false);
        }
        int wanted = first.suspect() ? narrowed(first.events().size()) : failedAlone.isEmpty() ? chunk : 1;
        int size = Math.min(first.events().size(), Math.min(wanted, sizeMax));
        probe = first.events().subList(0, size);
        probeIsSuspect = first.suspect();
        restIsSuspect = first.suspect() && size < first.events().size();
        pushFront(first.events().subList(size, first.events().size()), false);
        return probe;
    }

    /** All of {@link #next} is at Credyt. */
    public void accepted() {
        requireAsked();
        somethingPassed();
        if (restIsSuspect) {
            pushFront(segments.removeFirst().events(), true);
        } else if (chunk < Integer.MAX_VALUE / 2) {
            chunk *= 2;
        }
        answered();
    }

    /** The single event of {@link #next} is at Credyt from before, which explains a refusal of its batch. */
    public void known() {
        requireAsked();
        somethingPassed();
        culpritFound();
    }

    /**
     * Refused as a whole. A single event is guilty, unless the customer is suspected.
     *
     * @param mayBeCustomer whether the refusal leaves it open that the customer is the cause
     * @param exists whether the reason is an id that exists
     * @param refusalKind equal for refusals of the same kind
     */
    public void refused(boolean mayBeCustomer, boolean exists, String refusalKind) {
        requireAsked();
        customerPossible = !anyAccepted
                && mayBeCustomer
                && (this.refusalKind.isEmpty() || (customerPossible && this.refusalKind.equals(refusalKind)));
        this.refusalKind = refusalKind;
        if (exists && found == 0) {
            chunk = 1;
        }
        int singles = condemned.size() + 1;
        List<T> asked = probe;
        if (asked.size() == 1) {
            condemned.addAll(asked);
            culpritFound();
        } else {
            answered();
            pushFront(asked, true);
        }
        boolean lastOne = segments.isEmpty();
        customerSuspected = customerPossible && (lastOne ? condemned.size() >= ALIKE_MIN : singles > patience);
    }

    /**
     * Answered event by event, by index into {@link #next}.
     *
     * @param settled these are at Credyt
     * @param accused these are sent alone; the others are sent again
     */
    public void partial(Set<Integer> settled, Set<Integer> accused) {
        requireAsked();
        List<T> asked = probe;
        if (!settled.isEmpty()) {
            somethingPassed();
        }
        answered();
        List<Segment<T>> parts = new ArrayList<>();
        List<T> run = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            if (accused.contains(i)) {
                parts.add(new Segment<>(List.copyOf(run), false));
                parts.add(new Segment<>(List.of(asked.get(i)), true));
                run.clear();
            } else if (!settled.contains(i)) {
                run.add(asked.get(i));
            }
        }
        pushFront(run, false);
        for (int i = parts.size() - 1; i >= 0; i--) {
            pushFront(parts.get(i).events(), parts.get(i).suspect());
        }
    }

    /** {@link #next} failed in a way that its content may have caused. */
    void failed() {
        requireAsked();
        dividing = true;
        List<T> asked = probe;
        answered();
        if (asked.size() == 1) {
            failedAlone.addAll(asked);
        } else {
            pushFront(asked, true);
        }
    }

    /** Whether a request {@link #failed}. */
    public boolean isDividing() {
        return dividing;
    }

    /** Those that failed alone, each once, when something else was accepted since; they are no longer remaining. */
    public List<T> takeAlone() {
        List<T> taken = List.copyOf(setApart);
        setApart.clear();
        return taken;
    }

    /** As many events failed alone as are tried before it is taken for an outage, or all that there are. */
    boolean nothingPasses() {
        return failedAlone.size() >= ALONE_MAX || (!failedAlone.isEmpty() && nothingLeftToAsk());
    }

    /** Those that failed alone although nothing was accepted since: the others are asked without them. */
    public List<T> takeFailedAlone() {
        List<T> taken = List.copyOf(failedAlone);
        failedAlone.clear();
        return taken;
    }

    /** {@link #next}, of at least two events, was too large: from now on at most half of it at once. */
    public void tooLarge() {
        sizeMax = Math.max(1, probe.size() / 2);
        putBack();
    }

    /** The guilty, each once; they are no longer remaining. */
    public List<T> takeCulprits() {
        if (customerSuspected || (customerPossible && !anyAccepted && !nothingLeftToAsk())) {
            return List.of();
        }
        List<T> guilty = List.copyOf(condemned);
        condemned.clear();
        return guilty;
    }

    /** The guilty that cannot leave yet are asked again before all others. */
    public void putBack(List<T> guilty) {
        putBack();
        pushFront(guilty, false);
    }

    /** Whether all is settled or guilty. */
    boolean done() {
        return nothingLeftToAsk() && failedAlone.isEmpty() && !customerSuspected;
    }

    /** Nothing was accepted and all probes were refused alike: rather the customer than the events. */
    public boolean customerSuspected() {
        return customerSuspected;
    }

    /** What is not settled, in order; those refused standing alone included until they are taken. */
    public List<T> remaining() {
        List<T> all = new ArrayList<>(condemned);
        all.addAll(failedAlone);
        all.addAll(probe);
        segments.forEach(segment -> all.addAll(segment.events()));
        return List.copyOf(all);
    }

    /** Lets go of the events that do not pass; not while a request is in flight. */
    public void retain(Predicate<T> wanted) {
        putBack();
        condemned.removeIf(wanted.negate());
        failedAlone.removeIf(wanted.negate());
        List<Segment<T>> before = List.copyOf(segments);
        segments.clear();
        for (Segment<T> segment : before) {
            List<T> kept = segment.events().stream().filter(wanted).toList();
            if (!kept.isEmpty()) {
                segments.addLast(new Segment<>(kept, segment.suspect()));
            }
        }
    }

    /** Nothing is left that was not asked alone. */
    boolean askedAll() {
        return nothingLeftToAsk();
    }

    private boolean nothingLeftToAsk() {
        return probe.isEmpty() && segments.isEmpty();
    }

    /** Halves, but single probes as long as it may be the customer, or the destination. */
    private int narrowed(int size) {
        boolean single = (customerPossible && !anyAccepted) || !failedAlone.isEmpty();
        return single ? 1 : Math.max(1, size / 2);
    }

    private void somethingPassed() {
        anyAccepted = true;
        setApart.addAll(failedAlone);
        failedAlone.clear();
    }

    private void culpritFound() {
        found++;
        if (chunk != Integer.MAX_VALUE || found >= DENSE_AFTER) {
            chunk = 1;
        }
        answered();
    }

    private void requireAsked() {
        if (probe.isEmpty()) {
            throw new IllegalStateException("an answer to what was not asked");
        }
    }

    private void answered() {
        probe = List.of();
        probeIsSuspect = false;
        restIsSuspect = false;
    }

    private void putBack() {
        List<T> asked = probe;
        boolean suspect = probeIsSuspect;
        if (restIsSuspect) {
            asked = new ArrayList<>(probe);
            asked.addAll(segments.removeFirst().events());
        }
        answered();
        pushFront(asked, suspect);
    }

    private List<T> withUnknownThatFollow(List<T> first) {
        List<T> all = new ArrayList<>(first);
        while (!segments.isEmpty() && !segments.getFirst().suspect()) {
            all.addAll(segments.removeFirst().events());
        }
        return all;
    }

    private void pushFront(List<T> events, boolean suspect) {
        if (!events.isEmpty()) {
            segments.addFirst(new Segment<>(List.copyOf(events), suspect));
        }
    }
}
