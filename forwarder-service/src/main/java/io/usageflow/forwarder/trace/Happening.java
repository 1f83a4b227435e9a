package io.usageflow.forwarder.trace;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Something that happened to an event.
 *
 * @param at when, by the clock of who wrote it
 * @param place the record that tells; empty where only another record tells of it
 * @param facts more of it, in the order in which people want to read it
 */
public record Happening(Kind kind, Instant at, Optional<Place> place, Map<String, String> facts) {
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
        DISCARDED
    }

    public Happening {
        facts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }
}
