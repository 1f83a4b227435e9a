package io.usageflow.forwarder.trace;

import io.usageflow.forwarder.trace.Trace.RecordRef;
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
final class FoundRecords {
    /** Bound for each topic: of an id that was repeated a million times, the first records are kept. */
    static final int EACH_MAX = 1_000;

    final List<FoundRecord<UsageEvent>> published = new ArrayList<>();
    final List<FoundRecord<UsageEvent>> replays = new ArrayList<>();
    final List<FoundRecord<DeliverableEvent>> deliverables = new ArrayList<>();
    final List<FoundRecord<Receipt>> receipts = new ArrayList<>();
    final List<FoundRecord<DeadLetter>> deadLetters = new ArrayList<>();
    final List<FoundRecord<DeadLetterMark>> marks = new ArrayList<>();
    private boolean more;

    /**
     * A record that was found.
     *
     * @param at the record's own time
     * @param replayOf its header's lineage
     * @param reroutedFrom {@code partition@offset} where a producer had put it
     */
    record FoundRecord<T>(
            T value, RecordRef ref, Instant at, Optional<String> replayOf, Optional<String> reroutedFrom) {}

    <T> void add(List<FoundRecord<T>> sort, FoundRecord<T> seen) {
        if (sort.size() < EACH_MAX) {
            sort.add(seen);
        } else {
            more = true;
        }
    }

    /** Whether there were more records than are kept. */
    boolean more() {
        return more;
    }
}
