package io.usageflow.forwarder.topics;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The topics in which Kafka Streams keeps what admission remembers. Each was made with as many partitions as the events
 * topic had when the store was opened for the first time, so they tell what that count was. Immutable.
 *
 * @param partitions of those that exist, by name
 */
public record Changelogs(Map<String, Integer> partitions) {
    /** By name and not by pattern: another application's id may begin with ours. */
    private static final List<String> STORES = List.of("books", "customer-links", "parked-events", "parked-queues");

    public Changelogs {
        partitions = new TreeMap<>(partitions);
    }

    /** On a cluster where admission never ran. */
    public static Changelogs none() {
        return new Changelogs(Map.of());
    }

    /**
     * What the application's changelogs are called (source of the form: Kafka Streams' documentation, internal topics).
     */
    public static List<String> names(String application) {
        return STORES.stream()
                .map(store -> application + "-" + store + "-changelog")
                .toList();
    }

    /** The count on which they agree; empty where there are none, or where they do not agree. */
    OptionalInt agreed() {
        List<Integer> counts = partitions.values().stream().distinct().toList();
        return counts.size() == 1 ? OptionalInt.of(counts.get(0)) : OptionalInt.empty();
    }
}
