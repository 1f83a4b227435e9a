package io.usageflow.forwarder.console.deadletter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterDocument;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterMarks;
import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.deadletter.KnownMarks;
import io.usageflow.forwarder.deadletter.OriginalEvent;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.forwarder.json.PayloadMask;
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
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads dead letters for a page: with the classes of the commands, bounded in time and memory. Thread-safe. */
public final class DeadLetterSearch {
    /** So that a page comes at once, however many dead letters there are. */
    static final Duration AT_ONCE = Duration.ofMillis(400);

    /** For those who ask for more. */
    static final Duration AT_LENGTH = Duration.ofSeconds(7);

    /** Less than a page has in all, so that there is time for the dead letters. */
    private static final Duration MARKS_WITHIN = Duration.ofSeconds(8);

    /** With the time for marks, less than a page has. */
    private static final Duration WHOLE_WITHIN = Duration.ofSeconds(12);

    private static final Pattern PLACE = Pattern.compile("(\\d{1,9})-(\\d{1,18})");

    static final int ROWS_MAX = 100;
    static final int SLOTS = 48;

    private static final Duration SPAN = Duration.ofDays(7);
    private static final int WHOLE_MAX = 5;
    private static final int DETAIL_MAX = 256;
    private static final String BYTES = "value_base64";
    private static final String BEGINNING = "value_beginning_base64";
    private static final int BYTES_SHOWN_MAX = 64 * 1024;

    private final Settings settings;
    private final KnownMarks marks;
    private final LongSupplier nanoClock;

    public DeadLetterSearch(Settings settings, KnownMarks marks, LongSupplier nanoClock) {
        this.settings = settings;
        this.marks = marks;
        this.nanoClock = nanoClock;
    }

    /**
     * Dead letters that match.
     *
     * @param left offsets that were not read, older ones; 0 if all was read
     * @param answersKnown whether answers are taken into account; if not, every dead letter counts as open
     * @param matching those of the filter's states among the records that were read
     * @param groups by reason
     * @param from where the groups' slots begin; what failed before is in the first
     * @param latest the latest failures first
     */
    record Overview(
            long left,
            boolean answersKnown,
            long read,
            long matching,
            Map<String, Group> groups,
            Instant from,
            List<Row> latest,
            long unreadable,
            long expired) {
        boolean complete() {
            return left == 0;
        }
    }

    /**
     * Of one reason.
     *
     * @param slots how many failed last in each part of the time
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Group(long count, Instant last, long[] slots) {}

    /**
     * What a list shows of a dead letter: the event itself may have megabytes.
     *
     * @param place in the topic: partition and offset
     */
    record Row(
            Instant at,
            String place,
            String id,
            String reason,
            String account,
            Optional<String> eventId,
            DeadLetterState state,
            String detail) {
        private static Row of(StoredDeadLetter stored) {
            return new Row(
                    stored.letter().getLastFailedAt(),
                    stored.partition() + "-" + stored.offset(),
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
     * @param document as {@code dead-letters show --json}, without the bytes of a value that is decoded, masked or
     *     large
     */
    public record Whole(StoredDeadLetter stored, ObjectNode document) {
        private static Whole of(StoredDeadLetter stored, OriginalEvent original, PayloadMask mask) {
            ObjectNode document = mask.masked(DeadLetterDocument.whole(stored, original));
            boolean decoded = original.match(event -> true, why -> false);
            if (mask.hides() && document.path("reference") instanceof ObjectNode reference) {
                reference.remove(BEGINNING);
            }
            if (mask.hides() || decoded || document.path(BYTES).asText().length() > BYTES_SHOWN_MAX) {
                document.remove(BYTES);
            }
            return new Whole(stored, document);
        }
    }

    /**
     * The newest first, as far as the time goes.
     *
     * @param within bounds the wait for answers, and then the scan
     */
    Overview overview(DeadLetterFilter filter, Instant now, Duration within) throws InterruptedException {
        Instant until = filter.times().until().filter(now::isAfter).orElse(now);
        Instant from = filter.times().since().filter(until::isAfter).orElse(until.minus(SPAN));
        Optional<DeadLetterMarks> known = marks.upToDate(within);
        if (known.isPresent()) {
            return overview(filter, known.get(), from, until, within, true);
        }
        try (DeadLetterMarks none = DeadLetterMarks.none(settings)) {
            return overview(filter, none, from, until, within, false);
        }
    }

    private Overview overview(
            DeadLetterFilter filter,
            DeadLetterMarks known,
            Instant from,
            Instant until,
            Duration within,
            boolean answersKnown) {
        var collected = new Collected(from, Duration.between(from, until));
        DeadLetterScan.Newest newest =
                new DeadLetterScan(settings, nanoClock).newestFirst(filter, known, within, collected);
        return new Overview(
                newest.left(),
                answersKnown,
                newest.summary().read(),
                collected.matching,
                collected.groups,
                from,
                collected.newestFirst(),
                newest.summary().unreadable(),
                newest.summary().expired());
    }

    /**
     * Dead letters that were looked for.
     *
     * @param left offsets that were not read, older ones; 0 if all was read
     */
    public record Found(List<Whole> all, long left) {}

    /**
     * Dead letters with this id, or of the event with this id, the newest first.
     *
     * @param place where the one is that is meant, as {@link Row} has it: then only that is read; empty if unknown
     */
    public Found whole(String id, String place, PayloadMask mask) throws InterruptedException {
        var scan = new DeadLetterScan(settings, nanoClock);
        DeadLetterMarks known = marks.required(MARKS_WITHIN);
        try (var events = new OriginalEvent.Reader(settings)) {
            Matcher parts = PLACE.matcher(place);
            Optional<StoredDeadLetter> there = parts.matches()
                    ? scan.at(Integer.parseInt(parts.group(1)), Long.parseLong(parts.group(2)), known)
                    : Optional.empty();
            if (there.filter(stored -> stored.letter().getId().equals(id)).isPresent()) {
                return new Found(List.of(Whole.of(there.get(), events.read(there.get()), mask)), 0);
            }
            var found = new ArrayList<Whole>();
            long left = scan.newestFirst(DeadLetterFilter.any().ids(List.of(id)), known, WHOLE_WITHIN, stored -> {
                        found.add(Whole.of(stored, events.read(stored), mask));
                        return found.size() < WHOLE_MAX;
                    })
                    .left();
            found.sort(
                    Comparator.comparing((Whole each) -> each.stored().letter().getLastFailedAt())
                            .reversed());
            return new Found(found, left);
        }
    }

    private static final class Collected implements Predicate<StoredDeadLetter> {
        private final Instant from;
        private final Duration slot;
        private final Map<String, Group> groups = new TreeMap<>();
        private final PriorityQueue<Row> latest = new PriorityQueue<>(Comparator.comparing(Row::at));
        private long matching;

        private Collected(Instant from, Duration span) {
            this.from = from;
            this.slot = span.dividedBy(SLOTS).plusNanos(1);
        }

        @Override
        public boolean test(StoredDeadLetter stored) {
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
            return true;
        }

        private int slotOf(Instant at) {
            long slots = Duration.between(from, at).dividedBy(slot);
            return (int) Math.max(0, Math.min(SLOTS - 1, slots));
        }

        private List<Row> newestFirst() {
            List<Row> sorted = new ArrayList<>(latest);
            sorted.sort(Comparator.comparing(Row::at).reversed());
            return sorted;
        }
    }
}
