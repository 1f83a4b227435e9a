package io.usageflow.forwarder.trace;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.trace.Trace.TracedEvent;
import java.util.Locale;

/** A trace for scripts and for the console. Pure; names in it are API. */
public final class TraceJson {
    private TraceJson() {}

    public static ObjectNode of(Trace trace) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("asked", trace.asked());
        var events = json.putArray("events");
        trace.events().forEach(traced -> events.add(of(traced)));
        var starts = json.putArray("topics");
        trace.starts().forEach(start -> starts.addObject()
                .put("topic", start.topic())
                .put("since", start.since().map(Object::toString).orElse(null))
                .put("older_expired", start.cut()));
        var notes = json.putArray("notes");
        trace.notes().forEach(notes::add);
        json.put("unreadable", trace.unreadable());
        return json;
    }

    private static ObjectNode of(TracedEvent traced) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("account", traced.account())
                .put("event_id", traced.eventId());
        ObjectNode verdict = json.putObject("verdict")
                .put("state", traced.verdict().state().name())
                .put("text", traced.verdict().text());
        traced.verdict().next().ifPresent(next -> verdict.put("next", next));
        var entries = json.putArray("happenings");
        for (TimelineEntry each : traced.entries()) {
            ObjectNode one = entries.addObject()
                    .put("kind", each.kind().name())
                    .put("at", each.at().toString());
            each.ref().ifPresent(ref -> one.put("topic", ref.topic())
                    .put("partition", ref.partition())
                    .put("offset", ref.offset()));
            ObjectNode facts = one.putObject("facts");
            each.facts()
                    .forEach((name, fact) ->
                            facts.put(name.toLowerCase(Locale.ROOT).replace(' ', '_'), fact));
        }
        json.put("more", traced.more());
        traced.credyt().ifPresent(credyt -> {
            ObjectNode at =
                    json.putObject("credyt").put("id", credyt.credytId()).put("text", credyt.text());
            credyt.event().ifPresent(event -> at.set("event", event));
        });
        return json;
    }
}
