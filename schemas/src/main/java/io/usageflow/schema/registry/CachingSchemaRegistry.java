package io.usageflow.schema.registry;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;

/**
 * Remembers ids and schemas for ever: a registry never gives an id to another schema. Failures and unknown ids are not
 * remembered, since what is unknown now may be known in a second. Bounded by what the registry itself holds. Thread-safe;
 * threads that miss at the same time ask each for themselves, so that none waits behind another's time-out.
 */
public final class CachingSchemaRegistry implements SchemaRegistry {
    private final SchemaRegistry delegate;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Subject, Integer> registered = new ConcurrentHashMap<>();

    public CachingSchemaRegistry(SchemaRegistry delegate) {
        this.delegate = delegate;
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
        Optional<Schema> found = delegate.byId(id);
        found.ifPresent(schema -> schemas.put(id, schema));
        return found;
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
}
