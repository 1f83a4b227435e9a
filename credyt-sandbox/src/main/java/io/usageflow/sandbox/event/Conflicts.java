package io.usageflow.sandbox.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest repeats with other content than the first. Not thread-safe. */
public final class Conflicts {
    private static final int KEPT_MAX = 1_000;

    private final Deque<Conflict> newest = new ArrayDeque<>();

    /**
     * A repeat with other content.
     *
     * @param kept the stored JSON
     * @param ignored the JSON that came later under the same id
     */
    public record Conflict(String id, String customer, String kept, String ignored, Instant at) {}

    void add(String id, StoredEvent kept, byte[] ignored, Instant now) {
        if (newest.size() == KEPT_MAX) {
            newest.removeFirst();
        }
        newest.addLast(new Conflict(id, kept.customer().label(), text(kept.raw()), text(ignored), now));
    }

    /** Oldest first; the newest {@value KEPT_MAX} at most. */
    public List<Conflict> all() {
        return List.copyOf(newest);
    }

    public void clear() {
        newest.clear();
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }
}
