package io.usageflow.forwarder.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterDocument;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterMarks;
import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.deadletter.OriginalEvent;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Reads dead letters for a page: with the classes of the commands, bounded in time and memory. Thread-safe. */
public final class DeadLetterSearch {
    static final Duration WITHIN = Duration.ofSeconds(15);
    static final int ROWS_MAX = 100;
    static final int SLOTS = 48;

    private static final Duration SPAN = Duration.ofDays(7);
    private static final int WHOLE_MAX = 5;
    private static final int DETAIL_MAX = 256;
    private static final String BYTES = "value_base64";
    private static final int BYTES_SHOWN_MAX = 64 * 1024;

    private final Settings settings;
    private final LongSupplier nanoClock;

    public DeadLetterSearch(Settings settings, LongSupplier nanoClock) {
        this.settings = settings;
        this.nanoClock = nanoClock;
    }

    /**
     * Dead letters that match.
     *
     * @param complete whether the topic was read to its end
     * @param matching those of the filter's states among the records that were read
     * @param groups by reason
     * @param from where the groups' slots begin; what failed before is in the first
     * @param latest the latest failures first
     */
    record Overview(
            boolean complete,
            long read,
            long matching,
            Map<String, Group> groups,
            Instant from,
            List<Row> latest,
            long unreadable,
            long expired) {}

    /**
     * Of one reason.
     *
     * @param slots how many failed last in each part of the time
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Group(long count, Instant last, long[] slots) {}

    /** What a list shows of a dead letter: the event itself may have megabytes. */
    record Row(
            Instant at,
            String id,
            String reason,
            String account,
            Optional<String> eventId,
            DeadLetterState state,
            String detail) {
        private static Row of(StoredDeadLetter stored) {
            return new Row(
                    stored.letter().getLastFailedAt(),
                    stored.letter().getId(),
                    stored.letter().getReason(),
                    stored.account().map(VisibleText::of).orElse(""),
                    Optional.ofNullable(stored.letter().getEventId()),
                    stored.state(),
                    VisibleText.of(stored.letter().getDetail(), DETAIL_MAX));
        }
    }

    /**
     * A dead letter, whole.
     *
     * @param document as {@code dead-letters show --json}, without the bytes of a value that is decoded or large
     */
    public record Whole(StoredDeadLetter stored, ObjectNode document) {
        private static Whole of(StoredDeadLetter stored, OriginalEvent original) {
            ObjectNode document = DeadLetterDocument.whole(stored, original);
            boolean decoded = original.match(event -> true, why -> false);
            if (decoded || document.path(BYTES).asText().length() > BYTES_SHOWN_MAX) {
                document.remove(BYTES);
            }
            return new Whole(stored, document);
        }
    }

    Overview overview(DeadLetterFilter filter, Instant now) {
        long deadline = nanoClock.getAsLong() + WITHIN.toNanos();
        Instant until = filter.times().until().filter(now::isAfter).orElse(now);
        Instant from = filter.times().since().filter(until::isAfter).orElse(until.minus(SPAN));
        var collected = new Collected(deadline, from, Duration.between(from, until));
        try (DeadLetterMarks marks = DeadLetterMarks.read(settings)) {
            DeadLetterScan.Summary summary = new DeadLetterScan(settings).run(filter, marks, collected);
            return new Overview(
                    !collected.stopped,
                    summary.read(),
                    collected.matching,
                    collected.groups,
                    from,
                    collected.newestFirst(),
                    summary.unreadable(),
                    summary.expired());
        }
    }

    /** All dead letters with this id, or of the event with this id. */
    public List<Whole> whole(String id) {
        var found = new ArrayList<Whole>();
        try (DeadLetterMarks marks = DeadLetterMarks.read(settings);
                var events = new OriginalEvent.Reader(settings)) {
            new DeadLetterScan(settings).run(DeadLetterFilter.any().ids(List.of(id)), marks, stored -> {
                found.add(Whole.of(stored, events.read(stored)));
                return found.size() < WHOLE_MAX;
            });
        }
        return found;
    }

    private final class Collected implements DeadLetterScan.Visitor {
        private final long deadline;
        private final Instant from;
        private final Duration slot;
        private final Map<String, Group> groups = new TreeMap<>();
        private final PriorityQueue<Row> latest = new PriorityQueue<>(Comparator.comparing(Row::at));
        private long matching;
        private boolean stopped;

        private Collected(long deadline, Instant from, Duration span) {
            this.deadline = deadline;
            this.from = from;
            this.slot = span.dividedBy(SLOTS).plusNanos(1);
        }

        @Override
        public boolean visit(StoredDeadLetter stored) {
            Instant at = stored.letter().getLastFailedAt();
            matching++;
            Group before = groups.get(stored.letter().getReason());
            long[] slots = before == null ? new long[SLOTS] : before.slots();
            slots[slotOf(at)]++;
            groups.put(
                    stored.letter().getReason(),
                    before == null
                            ? new Group(1, at, slots)
                            : new Group(before.count() + 1, at.isAfter(before.last()) ? at : before.last(), slots));
            latest.add(Row.of(stored));
            if (latest.size() > ROWS_MAX) {
                latest.remove();
            }
            return passed();
        }

        private int slotOf(Instant at) {
            long slots = Duration.between(from, at).dividedBy(slot);
            return (int) Math.max(0, Math.min(SLOTS - 1, slots));
        }

        @Override
        public boolean passed() {
            stopped = nanoClock.getAsLong() - deadline > 0;
            return !stopped;
        }

        private List<Row> newestFirst() {
            List<Row> sorted = new ArrayList<>(latest);
            sorted.sort(Comparator.comparing(Row::at).reversed());
            return sorted;
        }
    }
}
