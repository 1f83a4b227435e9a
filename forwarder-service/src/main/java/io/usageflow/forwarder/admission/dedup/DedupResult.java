package io.usageflow.forwarder.admission.dedup;

import io.usageflow.schema.UsageEvent;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
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

    /** Which way an event came in. */
    public enum InputSource {
        /** From producers: each id once. */
        EVENTS,
        /** From operators, who have seen the dead letter: neither its age nor its id refuses it again. */
        REPLAYS;

        /** The last part of its topic's name. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An event that is to be admitted or parked.
     *
     * @param id as Credyt will see it
     * @param memory to be stored in the transaction that hands the event on; empty where the id is stored already, as that of
     *     most replays is
     */
    public record NewEvent(UsageEvent event, UUID id, Optional<DedupResult.FirstRecord> memory) {}
}
