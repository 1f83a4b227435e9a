package io.usageflow.forwarder.admission.dedup;

import java.util.function.Function;
import java.util.function.Supplier;

/** What the remembered ids say of an event. Sealed: an id is new, known with the same content, or known with other. */
public sealed interface DedupResult {

    /** Never seen, or forgotten. */
    record First() implements DedupResult {}

    /** Seen before with the same billable content. */
    record Repeat(FirstRecord first) implements DedupResult {}

    /** Seen before with other billable content. */
    record Conflict(FirstRecord first) implements DedupResult {}

    /**
     * What is remembered of an id.
     *
     * @param seenAt append time of the record that was first, Unix milliseconds
     * @param fingerprint of its billable content
     * @param input the way it came in
     * @param offset of that record in its partition
     */
    record FirstRecord(long seenAt, long fingerprint, InputSource input, long offset) {}

    default <T> T match(Supplier<T> onFirst, Function<FirstRecord, T> onRepeat, Function<FirstRecord, T> onConflict) {
        if (this instanceof Repeat repeat) {
            return onRepeat.apply(repeat.first());
        }
        if (this instanceof Conflict conflict) {
            return onConflict.apply(conflict.first());
        }
        return onFirst.get();
    }
}
