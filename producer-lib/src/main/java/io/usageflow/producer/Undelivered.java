package io.usageflow.producer;

import java.util.List;

/**
 * What is not known to be durable. It may be all the same, when only the broker's answer was lost; publishing it again
 * with the same id is safe either way. Immutable.
 *
 * @param count of events and links
 * @param ids of the first of them, at most {@value #IDS_MAX}, oldest first: an event's id, a link's account or vendor
 */
public record Undelivered(long count, List<String> ids) {
    public static final int IDS_MAX = 100;

    public static final Undelivered NOTHING = new Undelivered(0, List.of());

    public Undelivered {
        ids = List.copyOf(ids);
    }

    public boolean isEmpty() {
        return count == 0;
    }
}
