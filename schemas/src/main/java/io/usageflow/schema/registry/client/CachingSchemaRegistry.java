package io.usageflow.schema.registry.client;

import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import io.usageflow.schema.registry.SchemaRegistry.RegisteredSchema;
import io.usageflow.schema.registry.SchemaRegistry.UnusableSchemaException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Caches ids and schemas: a registry never gives an id to another schema. Caches a refused id for seconds ({@link
 * RefusedIds}), and a failure not at all. Bounded; thread-safe. Threads that miss at the same time each ask the
 * registry, so that no thread waits for another's time-out.
 */
public final class CachingSchemaRegistry implements SchemaRegistry {
    /** More than any registry of usage records has; beyond it the cache starts empty again. */
    private static final int SCHEMAS_MAX = 2_000;

    private final SchemaRegistry delegate;
    private final LongSupplier nanoClock;
    private final RetryingSchemaRegistry.Pause pause;
    private final RefusedIds refused;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Subject, Integer> registered = new ConcurrentHashMap<>();

    public CachingSchemaRegistry(SchemaRegistry delegate) {
        this(delegate, System::nanoTime, wait -> TimeUnit.NANOSECONDS.sleep(wait.toNanos()));
    }

    CachingSchemaRegistry(SchemaRegistry delegate, LongSupplier nanoClock, RetryingSchemaRegistry.Pause pause) {
        this.delegate = delegate;
        this.nanoClock = nanoClock;
        this.pause = pause;
        this.refused = new RefusedIds(nanoClock.getAsLong());
    }

    @Override
    public int register(String subject, Schema schema) {
        Subject key = new Subject(subject, schema);
        Integer known = registered.get(key);
        if (known != null) {
            return known;
        }
        int id = delegate.register(subject, schema);
        registered.put(key, id);
        return id;
    }

    @Override
    public Optional<Integer> idOf(String subject, Schema schema) {
        Subject key = new Subject(subject, schema);
        Optional<Integer> known = Optional.ofNullable(registered.get(key));
        if (known.isPresent()) {
            return known;
        }
        Optional<Integer> found = delegate.idOf(subject, schema);
        found.ifPresent(id -> registered.put(key, id));
        return found;
    }

    @Override
    public Optional<Schema> byId(int id) {
        Optional<Schema> known = Optional.ofNullable(schemas.get(id));
        if (known.isPresent()) {
            return known;
        }
        Optional<RefusedIds.Refusal> refusal = refused.current(id, nanoClock.getAsLong());
        if (refusal.isPresent()) {
            refusal.get().why().ifPresent(why -> {
                throw why;
            });
            return Optional.empty();
        }
        return asked(id);
    }

    private Optional<Schema> asked(int id) {
        awaitToken();
        try {
            Optional<Schema> found = delegate.byId(id);
            found.ifPresentOrElse(
                    schema -> remember(id, schema), () -> refused.add(id, Optional.empty(), nanoClock.getAsLong()));
            return found;
        } catch (UnusableSchemaException unusable) {
            refused.add(id, Optional.of(unusable), nanoClock.getAsLong());
            throw unusable;
        }
    }

    private void remember(int id, Schema schema) {
        if (schemas.size() >= SCHEMAS_MAX) {
            schemas.clear();
        }
        schemas.put(id, schema);
        refused.remove(id);
    }

    private void awaitToken() {
        long wait = refused.waitNanos(nanoClock.getAsLong());
        if (wait > 0) {
            try {
                pause.of(Duration.ofNanos(wait));
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
    }

    @Override
    public Optional<RegisteredSchema> latest(String subject) {
        return delegate.latest(subject);
    }

    @Override
    public boolean isCompatible(String subject, Schema schema) {
        return delegate.isCompatible(subject, schema);
    }

    @Override
    public Optional<Compatibility> compatibilityOf(String subject) {
        return delegate.compatibilityOf(subject);
    }

    @Override
    public boolean setCompatibility(String subject, Compatibility level) {
        return delegate.setCompatibility(subject, level);
    }

    private record Subject(String name, Schema schema) {}

    /**
     * Ids that the registry does not know or cannot use, and when it may be asked again. Without it, records with ever
     * new made-up ids, which anyone may write, would flood the registry with requests. Thread-safe; times are those of
     * {@link System#nanoTime}.
     *
     * <p>An id is asked again after one second, then after twice the time for each refusal, at most a minute: a schema
     * that is registered late is found soon, an id that is never registered costs little.
     *
     * <p>A token bucket of refusals bounds new ids. If it is empty, the caller waits {@value #INTERVAL_MS} ms for the
     * next token. The alternatives are worse: a dead letter without an answer blames a record that may be good, and
     * skipping the record would change its account's order. A flood of N made-up ids slows a thread by at most N times
     * {@value #INTERVAL_MS} ms. Known ids are never slowed down.
     */
    static final class RefusedIds {
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
}
