package io.usageflow.sandbox.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The newest requests, and a count of all by route and result. Thread-safe; bounded. */
public final class RequestLog {
    private final Deque<Entry> newest = new ArrayDeque<>();
    private final Map<String, Map<String, Long>> countsByRoute = new HashMap<>();

    /**
     * One request.
     *
     * @param at when it was answered or given up
     * @param route the pattern that it matched
     * @param path as received, with its query
     * @param account the connected account that it names; null for none
     * @param result the status that was sent, or {@code dropped} or {@code unanswered}
     * @param fault the kind of the fault that struck; empty for none
     * @param micros from the first byte to the response
     */
    public record Entry(
            Instant at,
            String route,
            String path,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String account,

            int bodyBytes,
            String result,
            String fault,
            long micros) {}

    synchronized void add(Entry entry, int capacity) {
        countsByRoute.computeIfAbsent(entry.route(), route -> new HashMap<>()).merge(entry.result(), 1L, Long::sum);
        newest.addLast(entry);
        while (newest.size() > capacity) {
            newest.removeFirst();
        }
    }

    /** Oldest first. */
    public synchronized List<Entry> entries() {
        return List.copyOf(newest);
    }

    /** By {@code POST /events 202}. */
    public synchronized Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        countsByRoute.forEach(
                (route, results) -> results.forEach((result, count) -> counts.put(route + " " + result, count)));
        return counts;
    }

    public synchronized void clear() {
        newest.clear();
        countsByRoute.clear();
    }
}
