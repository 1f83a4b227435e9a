package io.usageflow.forwarder.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.Map;

/** What a look through Credyt's lists came to so far. Immutable. */
public record UnknownSummary(Map<UnknownCount, Long> counts) {
    static final UnknownSummary NONE = new UnknownSummary(Map.of());

    public UnknownSummary {
        counts = counts.isEmpty() ? Map.of() : new EnumMap<>(counts);
    }

    public long count(UnknownCount of) {
        return counts.getOrDefault(of, 0L);
    }

    /** Whether something stands in the report. */
    public boolean hasFindings() {
        return count(UnknownCount.UNKNOWN_TO_US) > 0 || !isWhole();
    }

    /** Whether nothing is left open: each list read to its end, and each event on it judged. */
    public boolean isWhole() {
        return count(UnknownCount.LISTS_NOT_PROVED_WHOLE) == 0
                && count(UnknownCount.UNCHECKED) == 0
                && count(UnknownCount.UNREADABLE) == 0;
    }

    /** Of what every reading counts again. */
    UnknownSummary atLeast(UnknownCount of, long read) {
        return plus(of, Math.max(0, read - count(of)));
    }

    UnknownSummary plus(UnknownCount of, long more) {
        var all = new EnumMap<UnknownCount, Long>(UnknownCount.class);
        all.putAll(counts);
        all.merge(of, more, Long::sum);
        return new UnknownSummary(all);
    }

    /** For scripts. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        for (UnknownCount count : UnknownCount.values()) {
            json.put(count.word(), count(count));
        }
        return json;
    }

    static UnknownSummary of(JsonNode json) {
        var counts = new EnumMap<UnknownCount, Long>(UnknownCount.class);
        for (UnknownCount count : UnknownCount.values()) {
            counts.put(count, json.path(count.word()).longValue());
        }
        return new UnknownSummary(counts);
    }
}
