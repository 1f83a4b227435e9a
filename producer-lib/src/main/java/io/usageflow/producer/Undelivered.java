package io.usageflow.producer;

import java.util.List;
import java.util.Map;

/**
 * Events and links that are not known to be durable. They may still be durable if only the broker's response was lost;
 * publishing them again with the same id is safe in any case. Immutable.
 *
 * @param count of events and links
 * @param ids of the first of them, at most {@value #IDS_MAX}, oldest first: an event's id, a link's account or vendor
 * @param refused how many of them have failed, by reason; the others are still in flight
 */
public record Undelivered(long count, List<String> ids, Map<RefusalReason, Long> refused) {
    public static final int IDS_MAX = 100;

    public static final Undelivered NOTHING = new Undelivered(0, List.of(), Map.of());

    public Undelivered {
        ids = List.copyOf(ids);
        refused = Map.copyOf(refused);
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** How many of them may still become durable; 0 once the publisher is closed. */
    public long underWay() {
        return count - refused.values().stream().mapToLong(Long::longValue).sum();
    }
}
