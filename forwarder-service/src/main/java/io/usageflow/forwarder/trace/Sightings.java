package io.usageflow.forwarder.trace;

import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.UsageEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the topics hold of one event of one account. Bounded. Not thread-safe. */
final class Sightings {
    /** Of each sort: an id that was repeated a million times is told with the first of them. */
    static final int EACH_MAX = 1_000;

    final List<Seen<UsageEvent>> published = new ArrayList<>();
    final List<Seen<UsageEvent>> replays = new ArrayList<>();
    final List<Seen<DeliverableEvent>> deliverables = new ArrayList<>();
    final List<Seen<Receipt>> receipts = new ArrayList<>();
    final List<Seen<DeadLetter>> deadLetters = new ArrayList<>();
    final List<Seen<DeadLetterMark>> marks = new ArrayList<>();
    private boolean more;

    /**
     * A record that was found.
     *
     * @param at the record's own time
     * @param replayOf its header's lineage
     * @param reroutedFrom {@code partition@offset} where a producer had put it
     */
    record Seen<T>(T value, Place place, Instant at, Optional<String> replayOf, Optional<String> reroutedFrom) {}

    <T> void add(List<Seen<T>> sort, Seen<T> seen) {
        if (sort.size() < EACH_MAX) {
            sort.add(seen);
        } else {
            more = true;
        }
    }

    /** Whether there were more than are told. */
    boolean more() {
        return more;
    }
}
