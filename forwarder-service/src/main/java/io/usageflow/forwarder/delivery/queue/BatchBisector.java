package io.usageflow.forwarder.delivery.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds the culprits (refused events) of a batch by bisection, in order and with few requests. Pure; one thread;
 * generic for tests with numbers.
 *
 * <p>The unsettled events are an ordered list of segments. A segment is <em>suspect</em> if it contains a culprit: it
 * was refused as a whole, or the part before it was accepted. {@link #next} returns the events to send. One of {@link
 * #accepted}, {@link #known}, {@link #refused}, {@link #partial} and {@link #tooLarge} handles the answer; after a
 * temporary failure the same events are sent again.
 *
 * <p>Of a suspect segment only the first half is sent. If it is accepted, the second half is suspect; if it is refused,
 * the second half is unknown again. Unknown segments are sent as one after the culprit is alone. A culprit needs at
 * most 2·⌈log2 n⌉ extra requests. If culprits are dense (three were found), the rest is sent in pieces that begin at
 * one event and double with each success. Only an event that was sent alone is found guilty, and events keep their
 * order.
 *
 * <p>A request may also fail without a reason ({@link #failed}): its content may be the cause, or an outage. It is
 * divided in the same way. An event that failed alone leaves ({@link #takeAlone}) once another event of the batch is
 * accepted. In an outage nothing is accepted, and after a few single events {@link #nothingPasses} and all are sent
 * together again.
 *
 * <p>If the customer may be the cause, single events are sent as probes, before and between the other segments, until
 * one is accepted. After enough equal refusals ({@code patience}) and no success, the customer is {@link
 * #customerSuspected suspected}, and no event is found guilty.
 *
 * @param <T> an event
 */
public final class BatchBisector<T> {
    /** A smaller batch never makes the customer suspect. */
    private static final int ALIKE_MIN = 3;

    private static final int DENSE_AFTER = 3;
    /** Consecutive events that failed alone before it counts as an outage. */
    private static final int ALONE_MAX = 3;

    private final int patience;
    private final Deque<Segment<T>> segments = new ArrayDeque<>();
    /** Refused alone; kept while the customer may be the cause. */
    private final List<T> condemned = new ArrayList<>();

    /** Failed alone, without a success since. */
    private final List<T> failedAlone = new ArrayList<>();
    /** Failed alone before another event was accepted. */
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
     * Begins with all events as one segment.
     *
     * @param events at least one
     * @param patience equal refusals of single events before the customer is suspected, at least 2
     */
    BatchBisector(List<T> events, int patience) {
        if (events.isEmpty() || patience < 2) {
            throw new IllegalArgumentException("needs events and a patience of 2, not " + events + ", " + patience);
        }
        this.patience = patience;
        segments.add(new Segment<>(List.copyOf(events), false));
    }

    /** The events to send, the same until they are answered. Only if not {@link #done}. */
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

    /** Credyt accepted all of {@link #next}. */
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

    /** Credyt knew the single event of {@link #next} before, which explains a refusal of its batch. */
    public void known() {
        requireAsked();
        somethingPassed();
        culpritFound();
    }

    /**
     * Credyt refused {@link #next} as a whole. A single event is guilty, unless the customer is suspected.
     *
     * @param mayBeCustomer whether the customer may be the cause
     * @param refusalKind equal for refusals of the same kind
     */
    public void refused(boolean mayBeCustomer, String refusalKind) {
        requireAsked();
        customerPossible = !anyAccepted
                && mayBeCustomer
                && (this.refusalKind.isEmpty() || (customerPossible && this.refusalKind.equals(refusalKind)));
        this.refusalKind = refusalKind;
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
     * Credyt answered for single events, by index into {@link #next}.
     *
     * @param settled accepted events
     * @param suspects events to send alone; the others are sent again
     */
    public void partial(Set<Integer> settled, Set<Integer> suspects) {
        requireAsked();
        List<T> asked = probe;
        if (!settled.isEmpty()) {
            somethingPassed();
        }
        answered();
        List<Segment<T>> parts = new ArrayList<>();
        List<T> run = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            if (suspects.contains(i)) {
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

    /** {@link #next} failed, possibly because of its content. */
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

    /** Removes and returns the events that failed alone before another was accepted. */
    public List<T> takeAlone() {
        List<T> taken = List.copyOf(setApart);
        setApart.clear();
        return taken;
    }

    /** Whether so few events were accepted that it counts as an outage. */
    boolean nothingPasses() {
        return failedAlone.size() >= ALONE_MAX || (!failedAlone.isEmpty() && nothingLeftToAsk());
    }

    /** Removes and returns the events that failed alone without a success since. */
    public List<T> takeFailedAlone() {
        List<T> taken = List.copyOf(failedAlone);
        failedAlone.clear();
        return taken;
    }

    /**
     * {@link #next} was refused for a reason that is not about events. Sends one event first, then twice as many with
     * each success.
     */
    public void restartSmall() {
        requireAsked();
        chunk = 1;
        putBack();
    }

    /** {@link #next}, of at least two events, was too large: sends at most half as many from now on. */
    public void tooLarge() {
        sizeMax = Math.max(1, probe.size() / 2);
        putBack();
    }

    /** Removes and returns the guilty events. */
    public List<T> takeCulprits() {
        if (customerSuspected || (customerPossible && !anyAccepted && !nothingLeftToAsk())) {
            return List.of();
        }
        List<T> guilty = List.copyOf(condemned);
        condemned.clear();
        return guilty;
    }

    /** Returns guilty events that cannot leave yet; they are sent first. */
    public void putBack(List<T> guilty) {
        putBack();
        pushFront(guilty, false);
    }

    /** Whether all events are settled or guilty. */
    boolean done() {
        return nothingLeftToAsk() && failedAlone.isEmpty() && !customerSuspected;
    }

    /** Whether the customer is the likely cause: nothing was accepted, and all probes were refused equally. */
    public boolean customerSuspected() {
        return customerSuspected;
    }

    /** The unsettled events in order, including guilty ones until they are taken. */
    public List<T> remaining() {
        List<T> all = new ArrayList<>(condemned);
        all.addAll(failedAlone);
        all.addAll(probe);
        segments.forEach(segment -> all.addAll(segment.events()));
        return List.copyOf(all);
    }

    /** Drops all other events; not while a request is in flight. */
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

    /** Whether every remaining event was sent alone. */
    boolean askedAll() {
        return nothingLeftToAsk();
    }

    private boolean nothingLeftToAsk() {
        return probe.isEmpty() && segments.isEmpty();
    }

    /** Half of the size, or 1 while the customer or the destination may be the cause. */
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
            throw new IllegalStateException("an answer without a request");
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
