package io.usageflow.schema.registry.client;

import io.usageflow.schema.registry.UnusableSchemaException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Ids that the registry does not know or cannot use, and when it may be asked again. Without it, records with ever new
 * made-up ids, which anyone may write, would flood the registry with requests. Thread-safe; times are those of {@link
 * System#nanoTime}.
 *
 * <p>An id is asked again after one second, then after twice the time for each refusal, at most a minute: a schema that is
 * registered late is found soon, an id that is never registered costs little.
 *
 * <p>A token bucket of refusals bounds new ids. If it is empty, the caller waits {@value #INTERVAL_MS} ms for the next
 * token. The alternatives are worse: a dead letter without an answer blames a record that may be good, and skipping the
 * record would change its account's order. A flood of N made-up ids slows a thread by at most N times {@value #INTERVAL_MS}
 * ms. Known ids are never slowed down.
 */
final class RefusedIds {
    static final int IDS_MAX = 10_000;
    static final int BURST = 500;
    static final int INTERVAL_MS = 4;

    private static final long MS_NANOS = 1_000_000;
    private static final long AGE_NANOS_MIN = 1_000 * MS_NANOS;
    private static final long AGE_NANOS_MAX = 60 * AGE_NANOS_MIN;

    private final Map<Integer, Refusal> refused = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Refusal> eldest) {
            return size() > IDS_MAX;
        }
    };
    private long tokenAt;

    RefusedIds(long now) {
        this.tokenAt = now - BURST * INTERVAL_MS * MS_NANOS;
    }

    /** @param why empty if the id is unknown */
    record Refusal(Optional<UnusableSchemaException> why, long ageNanos, long until) {}

    /** The refusal that still holds; empty if the registry may be asked. */
    synchronized Optional<Refusal> current(int id, long now) {
        return Optional.ofNullable(refused.get(id)).filter(refusal -> now - refusal.until < 0);
    }

    synchronized void add(int id, Optional<UnusableSchemaException> why, long now) {
        Refusal before = refused.get(id);
        long age = before == null ? AGE_NANOS_MIN : Math.min(AGE_NANOS_MAX, 2 * before.ageNanos);
        refused.put(id, new Refusal(why, age, now + age));
        tokenAt = Math.max(tokenAt, now - BURST * INTERVAL_MS * MS_NANOS) + INTERVAL_MS * MS_NANOS;
    }

    synchronized void remove(int id) {
        refused.remove(id);
    }

    /** How long to wait before the next request; 0 or less: not at all. */
    synchronized long waitNanos(long now) {
        return tokenAt - now;
    }
}
