package io.usageflow.schema.registry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Ids that the registry answered to be unknown or unusable, and how soon it may be asked again. Without it, records that
 * anyone may write, each with another made-up id, would turn into a flood of questions. Thread-safe; times are
 * {@link System#nanoTime}'s.
 *
 * <p>An id is asked again after one second, and after twice the time with each further refusal, a minute at most: a schema
 * that is registered late is found soon, an id that is never registered costs next to nothing.
 *
 * <p>New ids are bounded by a token bucket of refusals. Where it is empty, the caller waits for the next token, which is
 * {@value #INTERVAL_MS} ms. The other ways out are worse: a dead letter without an answer accuses a record that may be
 * good, and setting the record aside would change the order of its account. So a flood of N made-up ids slows a thread by
 * N times {@value #INTERVAL_MS} ms at most, spread over its partitions record by record; ids that the registry knows are
 * never slowed down.
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

    /** @param why empty where the id is unknown */
    record Refusal(Optional<UnusableSchemaException> why, long ageNanos, long until) {}

    /** The refusal that still holds; empty where the registry may be asked. */
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

    /** How long to wait before the next question; 0 or less where it may be asked. */
    synchronized long waitNanos(long now) {
        return tokenAt - now;
    }
}
