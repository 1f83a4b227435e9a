package io.usageflow.forwarder.trace;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
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

    /**
     * One event of one account.
     *
     * @param entries the newest first
     * @param more whether there were more repeats than are listed
     * @param credyt what Credyt says of it, where it was asked
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
     * @param text one sentence
     * @param event as Credyt has it, fees included; empty where it has not
     */
    public record AtCredyt(@JsonProperty("id") String credytId, String text, Optional<JsonNode> event) {}

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
}
