package io.usageflow.forwarder.admission;

import java.util.function.Function;
import java.util.function.Supplier;

/** What the remembered ids say of an event. Sealed: an id is new, known with the same content, or known with other. */
sealed interface Sighting {

    /** Never seen, or forgotten. */
    record First() implements Sighting {}

    /** Seen before with the same billable content. */
    record Repeat(Memory first) implements Sighting {}

    /** Seen before with other billable content. */
    record Conflict(Memory first) implements Sighting {}

    /**
     * What is remembered of an id.
     *
     * @param seenAt append time of the record that was first, Unix milliseconds
     * @param fingerprint of its billable content
     * @param lane the way it came in
     * @param offset of that record in its partition
     */
    record Memory(long seenAt, long fingerprint, Lane lane, long offset) {}

    default <T> T match(Supplier<T> onFirst, Function<Memory, T> onRepeat, Function<Memory, T> onConflict) {
        if (this instanceof Repeat repeat) {
            return onRepeat.apply(repeat.first());
        }
        if (this instanceof Conflict conflict) {
            return onConflict.apply(conflict.first());
        }
        return onFirst.get();
    }
}
