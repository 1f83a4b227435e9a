package io.usageflow.forwarder.catalogue.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the fees from an answer to {@code simulate-usage}. No source shows such a body (docs/credyt-api.md, 4). It is
 * understood if it has the documented {@code fees[]} of an event: in a list of events that are told apart by their ids
 * or by their order, or by itself if one event was sent. Pure.
 */
final class SimulatedFees {
    private static final int DEPTH_MAX = 4;

    private SimulatedFees() {}

    /** A fee of an event. */
    record Fee(BigDecimal amount, String asset) {}

    /**
     * The fees of each event; empty if the body is not understood.
     *
     * @param ids of the events that were sent, in their order
     */
    static Optional<List<List<Fee>>> of(JsonNode body, List<String> ids) {
        Optional<JsonNode> events = eventList(body);
        if (events.isPresent()) {
            return ofEvents(events.get(), ids);
        }
        return ids.size() == 1 && body.path("fees").isArray() ? fees(body).map(List::of) : Optional.empty();
    }

    /** The nearest list whose elements all have fees of their own. */
    private static Optional<JsonNode> eventList(JsonNode body) {
        record Place(JsonNode node, int depth) {}
        Deque<Place> open = new ArrayDeque<>(List.of(new Place(body, 0)));
        while (!open.isEmpty()) {
            Place place = open.remove();
            JsonNode node = place.node();
            if (node.isArray() && !node.isEmpty() && allHaveFees(node)) {
                return Optional.of(node);
            }
            if (place.depth() < DEPTH_MAX) {
                node.forEach(child -> open.add(new Place(child, place.depth() + 1)));
            }
        }
        return Optional.empty();
    }

    private static boolean allHaveFees(JsonNode list) {
        for (JsonNode element : list) {
            if (!element.path("fees").isArray()) {
                return false;
            }
        }
        return true;
    }

    private static Optional<List<List<Fee>>> ofEvents(JsonNode events, List<String> ids) {
        Map<String, JsonNode> byId = new HashMap<>();
        for (JsonNode event : events) {
            JsonNode id = event.has("event_id") ? event.path("event_id") : event.path("id");
            byId.put(id.asText().toLowerCase(Locale.ROOT), event);
        }
        boolean named = ids.stream().allMatch(id -> byId.containsKey(id.toLowerCase(Locale.ROOT)));
        if (!named && events.size() != ids.size()) {
            return Optional.empty();
        }
        List<List<Fee>> all = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            JsonNode missing = MissingNode.getInstance();
            Optional<List<Fee>> fees =
                    fees(named ? byId.getOrDefault(ids.get(i).toLowerCase(Locale.ROOT), missing) : events.get(i));
            if (fees.isEmpty()) {
                return Optional.empty();
            }
            all.add(fees.get());
        }
        return Optional.of(all);
    }

    private static Optional<List<Fee>> fees(JsonNode event) {
        List<Fee> fees = new ArrayList<>();
        for (JsonNode fee : event.path("fees")) {
            JsonNode asset = fee.has("asset") ? fee.path("asset") : fee.path("currency");
            if (!fee.path("amount").isNumber() || !asset.isTextual()) {
                return Optional.empty();
            }
            fees.add(new Fee(fee.path("amount").decimalValue(), asset.textValue()));
        }
        return Optional.of(fees);
    }
}
