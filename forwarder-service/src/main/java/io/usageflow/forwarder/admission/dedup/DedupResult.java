package io.usageflow.forwarder.admission.dedup;

import io.usageflow.schema.UsageEvent;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/** The result of looking up an event's id. */
public sealed interface DedupResult {

    /** The id is new, or was forgotten. */
    record First() implements DedupResult {
        @Override
        public <T> T match(
                Supplier<T> onFirst, Function<FirstRecord, T> onRepeat, Function<FirstRecord, T> onConflict) {
            return onFirst.get();
        }
    }

    /** The id is known with the same billable content. */
    record Repeat(FirstRecord first) implements DedupResult {
        @Override
        public <T> T match(
                Supplier<T> onFirst, Function<FirstRecord, T> onRepeat, Function<FirstRecord, T> onConflict) {
            return onRepeat.apply(first);
        }
    }

    /** The id is known with other billable content. */
    record Conflict(FirstRecord first) implements DedupResult {
        @Override
        public <T> T match(
                Supplier<T> onFirst, Function<FirstRecord, T> onRepeat, Function<FirstRecord, T> onConflict) {
            return onConflict.apply(first);
        }
    }

    /**
     * The stored facts about an id's first record.
     *
     * @param seenAt its append time, in Unix milliseconds
     * @param fingerprint of its billable content
     * @param input its topic
     * @param offset its offset
     */
    record FirstRecord(long seenAt, long fingerprint, InputSource input, long offset) {}

    <T> T match(Supplier<T> onFirst, Function<FirstRecord, T> onRepeat, Function<FirstRecord, T> onConflict);

    /** The input topic of an event. */
    public enum InputSource {
        /** From producers; each id is admitted once. */
        EVENTS,
        /** From operators, who have seen the dead letter; exempt from the checks of age and id. */
        REPLAYS;

        /** The last part of its topic's name. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An event that is to be admitted or parked.
     *
     * @param id the id that Credyt sees
     * @param memory stored in the transaction that sends the event; empty if the id is stored already, as for most
     *     replays
     */
    public record NewEvent(UsageEvent event, UUID id, Optional<DedupResult.FirstRecord> memory) {}
}
