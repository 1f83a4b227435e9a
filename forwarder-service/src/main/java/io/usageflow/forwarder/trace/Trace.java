package io.usageflow.forwarder.trace;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.json.PayloadMask;
import io.usageflow.forwarder.sample.SampleResult;
import io.usageflow.forwarder.trace.Trace.RecordRef;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of an event, also as {@code trace --json} shows it.
 *
 * @param asked the id that was asked for
 * @param events one for each account that uses the id; empty where nothing is known
 * @param starts since when each topic keeps records
 * @param notes what limits the answer, a sentence each
 * @param unreadable records that hold the id and cannot be read
 */
public record Trace(
        String asked,
        List<TracedEvent> events,
        @JsonProperty("topics") List<TopicStart> starts,
        List<String> notes,
        long unreadable) {
    public Trace {
        events = List.copyOf(events);
        starts = List.copyOf(starts);
        notes = List.copyOf(notes);
    }

    /** The same without what a person must not see of what Credyt has. */
    public Trace masked(PayloadMask mask) {
        return new Trace(
                asked,
                events.stream()
                        .map(each -> new TracedEvent(
                                each.account(),
                                each.eventId(),
                                each.verdict(),
                                each.entries(),
                                each.more(),
                                each.credyt().map(credyt -> credyt.masked(mask))))
                        .toList(),
                starts,
                notes,
                unreadable);
    }

    /**
     * One event of one account.
     *
     * @param entries the newest first
     * @param more whether there were more repeats than are listed
     * @param credyt Credyt's answer, if it was asked
     */
    public record TracedEvent(
            String account,
            String eventId,
            TraceStatus verdict,
            @JsonProperty("happenings") List<TimelineEntry> entries,
            boolean more,
            Optional<AtCredyt> credyt) {
        public TracedEvent {
            entries = List.copyOf(entries);
        }
    }

    /**
     * What Credyt answered.
     *
     * @param text one sentence
     * @param billing how its fees compare with the catalogue; empty where nothing was compared
     * @param event as Credyt has it, fees included; empty where it has not
     */
    public record AtCredyt(
            @JsonProperty("id") String credytId, String text, Optional<Billing> billing, Optional<JsonNode> event) {
        private AtCredyt masked(PayloadMask mask) {
            return new AtCredyt(credytId, text, billing, event.map(mask::masked));
        }
    }

    /**
     * What a billing sample of the event finds now.
     *
     * @param why empty for the expected fees
     */
    public record Billing(SampleResult result, String why) {}

    /**
     * Where a topic begins.
     *
     * @param since the time of its first record, of the partition that begins last; empty where it holds nothing
     * @param cut whether records before it have expired
     */
    public record TopicStart(
            String topic,
            @JsonInclude(Include.ALWAYS) Optional<Instant> since,
            @JsonProperty("older_expired") boolean cut) {}

    /** Where a record stands. */
    public record RecordRef(String topic, int partition, long offset) {
        /** As people write it. */
        public String text() {
            return topic + " " + partition + "@" + offset;
        }
    }

    /**
     * Something that happened to an event.
     *
     * @param at when, by the writer's clock
     * @param ref its record; empty if only another record names it
     * @param facts more about the entry, in the order to show
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
            DISCARDED,
            /** A person has corrected the event's fees in the customer's wallet. */
            ADJUSTED;

            /** How far along an event's path it happens. */
            int stage() {
                return switch (this) {
                    case PUBLISHED, REROUTED, DUPLICATE, WAITING -> 0;
                    case REPLAYED, DISCARDED, REPLAY_SENT -> 1;
                    case ADMITTED -> 2;
                    case DELIVERED, DEAD_LETTERED -> 3;
                    case ADJUSTED -> 4;
                };
            }
        }

        public TimelineEntry {
            facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        }

        @JsonProperty("facts")
        Map<String, String> factsInSnakeCase() {
            var named = new LinkedHashMap<String, String>();
            facts.forEach(
                    (name, fact) -> named.put(name.toLowerCase(Locale.ROOT).replace(' ', '_'), fact));
            return named;
        }
    }
}
