package io.usageflow.forwarder.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.deadletter.DeadLetterDocument;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterFilter.Subject;
import io.usageflow.forwarder.deadletter.DeadLetterFilter.Times;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.deadletter.KnownMarks;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigException;

/**
 * A page of dead letters as {@code dead-letters list --json} has them, the latest failures first. Each page reads the
 * topic, so memory is bounded by the page.
 *
 * @param complete whether the whole topic was read; if not, counts and rows are of what was read, the newest records
 * @param read records
 * @param matching dead letters that the filter selects, of all pages
 * @param byReason of these
 * @param unreadable records that are no dead letters, or whose answer cannot be read
 * @param expired dead letters, at most, that retention has deleted
 * @param next what {@code after} must be for the next page; absent on the last
 */
public record DeadLetterList(
        boolean complete,
        long read,
        long matching,
        Map<String, Long> byReason,
        long unreadable,
        long expired,
        List<ObjectNode> deadLetters,
        Optional<String> next) {
    static final int LIMIT = 100;
    static final int LIMIT_MAX = 1_000;
    static final Duration WITHIN = Duration.ofSeconds(15);

    private static final Duration MARKS_WITHIN = Duration.ofSeconds(8);

    private static final String ANY = "any";

    /** @throws ConfigException if a parameter is wrong */
    static DeadLetterFilter filter(ApiQuery query, Instant now) {
        return DeadLetterFilter.any()
                .reasons(query.word("reason", DeadLetterReason.class).stream().toList())
                .stage(query.word("stage", DeadLetterStage.class))
                .subject(new Subject(query.text("account"), query.text("event_type")))
                .times(new Times(query.moment("since", now), query.moment("until", now)))
                .states(states(query));
    }

    private static Set<DeadLetterState> states(ApiQuery query) {
        if (query.text("state").filter(ANY::equals).isPresent()) {
            return EnumSet.allOf(DeadLetterState.class);
        }
        return Set.of(query.word("state", DeadLetterState.class).orElse(DeadLetterState.OPEN));
    }

    static DeadLetterList read(
            DeadLetterScan scan, KnownMarks marks, DeadLetterFilter filter, int limit, Optional<Place> after)
            throws InterruptedException {
        var page = new Page(limit, after);
        DeadLetterScan.Newest found = scan.newestFirst(filter, marks.required(MARKS_WITHIN), WITHIN, page);
        return new DeadLetterList(
                found.left() == 0,
                found.summary().read(),
                page.matching,
                page.byReason,
                found.summary().unreadable(),
                found.summary().expired(),
                page.rows.values().stream().toList(),
                page.more ? Optional.of(page.rows.lastKey().text()) : Optional.empty());
    }

    /** The place of a dead letter in the order of pages: the latest first. */
    record Place(Instant at, int partition, long offset) implements Comparable<Place> {
        private static final Comparator<Place> LATEST_FIRST = Comparator.comparing(Place::at)
                .reversed()
                .thenComparing(Place::partition)
                .thenComparing(Place::offset);

        static Place of(StoredDeadLetter stored) {
            return new Place(stored.letter().getLastFailedAt(), stored.partition(), stored.offset());
        }

        /** @throws ConfigException if the text is not from an answer */
        static Place parse(String text) {
            String[] parts = text.split("_", -1);
            if (parts.length != 3 || !parts[1].matches("\\d{1,9}") || !parts[2].matches("\\d{1,18}")) {
                throw wrong();
            }
            try {
                return new Place(Instant.parse(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
            } catch (java.time.DateTimeException noTime) {
                throw wrong();
            }
        }

        private static ConfigException wrong() {
            return new ConfigException("after must be what an answer called next");
        }

        String text() {
            return at + "_" + partition + "_" + offset;
        }

        @Override
        public int compareTo(Place other) {
            return LATEST_FIRST.compare(this, other);
        }
    }

    private static final class Page implements Predicate<StoredDeadLetter> {
        private final int limit;
        private final Optional<Place> after;
        private final TreeMap<Place, ObjectNode> rows = new TreeMap<>();
        private final Map<String, Long> byReason = new TreeMap<>();
        private long matching;
        private boolean more;

        Page(int limit, Optional<Place> after) {
            this.limit = limit;
            this.after = after;
        }

        @Override
        public boolean test(StoredDeadLetter stored) {
            matching++;
            byReason.merge(stored.letter().getReason(), 1L, Long::sum);
            Place place = Place.of(stored);
            if (after.map(before -> place.compareTo(before) > 0).orElse(true)) {
                keep(place, stored);
            }
            return true;
        }

        private void keep(Place place, StoredDeadLetter stored) {
            if (rows.size() == limit) {
                more = true;
                if (place.compareTo(rows.lastKey()) > 0) {
                    return;
                }
            }
            rows.put(place, DeadLetterDocument.brief(stored));
            if (rows.size() > limit) {
                rows.pollLastEntry();
            }
        }
    }
}
