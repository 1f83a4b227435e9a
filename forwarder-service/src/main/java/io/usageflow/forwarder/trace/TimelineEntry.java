package io.usageflow.forwarder.trace;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Something that happened to an event.
 *
 * @param at when, by the writer's clock
 * @param ref the record of it; empty where only another record names it
 * @param facts more of it, in the order in which people want to read it
 */
public record TimelineEntry(
        Kind kind,
        Instant at,
        @JsonUnwrapped Optional<RecordRef> ref,
        @JsonIgnore Map<String, String> facts) {
    /** What happened. Closed; the words are API. */
    public enum Kind {
        /** A producer's record. */
        PUBLISHED,
        /** It came in another partition than its account's, and was written to the right one. */
        REROUTED,
        /** Another copy of what was admitted: not billed again. */
        DUPLICATE,
        /** Published, and neither admitted nor refused: parked, or not read yet. */
        WAITING,
        /** Written to the lane of replays by a person. */
        REPLAY_SENT,
        ADMITTED,
        DELIVERED,
        DEAD_LETTERED,
        /** A person had the dead letter, or the missing event, sent again. */
        REPLAYED,
        /** A person has put the dead letter aside. */
        DISCARDED;

        /** How far along an event's path it happens. */
        int stage() {
            return switch (this) {
                case PUBLISHED, REROUTED, DUPLICATE, WAITING -> 0;
                case REPLAYED, DISCARDED, REPLAY_SENT -> 1;
                case ADMITTED -> 2;
                case DELIVERED, DEAD_LETTERED -> 3;
            };
        }
    }

    public TimelineEntry {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    @JsonProperty("facts")
    Map<String, String> factsInSnakeCase() {
        var named = new LinkedHashMap<String, String>();
        facts.forEach((name, fact) -> named.put(name.toLowerCase(Locale.ROOT).replace(' ', '_'), fact));
        return named;
    }
}
