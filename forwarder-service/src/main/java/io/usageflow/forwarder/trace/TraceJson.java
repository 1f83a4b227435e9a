package io.usageflow.forwarder.trace;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.trace.Trace.Life;
import java.util.Locale;

/** A trace for scripts and for the console. Pure; names in it are API. */
public final class TraceJson {
    private TraceJson() {}

    public static ObjectNode of(Trace trace) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("asked", trace.asked());
        var lives = json.putArray("events");
        trace.lives().forEach(life -> lives.add(of(life)));
        var horizons = json.putArray("topics");
        trace.horizons().forEach(horizon -> horizons.addObject()
                .put("topic", horizon.topic())
                .put("since", horizon.since().map(Object::toString).orElse(null))
                .put("older_expired", horizon.cut()));
        var notes = json.putArray("notes");
        trace.notes().forEach(notes::add);
        json.put("unreadable", trace.unreadable());
        return json;
    }

    private static ObjectNode of(Life life) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("account", life.account())
                .put("event_id", life.eventId());
        ObjectNode verdict = json.putObject("verdict")
                .put("state", life.verdict().state().name())
                .put("text", life.verdict().text());
        life.verdict().next().ifPresent(next -> verdict.put("next", next));
        var happenings = json.putArray("happenings");
        for (Happening each : life.happenings()) {
            ObjectNode one = happenings
                    .addObject()
                    .put("kind", each.kind().name())
                    .put("at", each.at().toString());
            each.place().ifPresent(place -> one.put("topic", place.topic())
                    .put("partition", place.partition())
                    .put("offset", place.offset()));
            ObjectNode facts = one.putObject("facts");
            each.facts()
                    .forEach((name, fact) ->
                            facts.put(name.toLowerCase(Locale.ROOT).replace(' ', '_'), fact));
        }
        json.put("more", life.more());
        life.credyt().ifPresent(credyt -> {
            ObjectNode at =
                    json.putObject("credyt").put("id", credyt.credytId()).put("text", credyt.text());
            credyt.event().ifPresent(event -> at.set("event", event));
        });
        return json;
    }
}
