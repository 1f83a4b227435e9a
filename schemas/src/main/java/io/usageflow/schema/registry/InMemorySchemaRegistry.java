package io.usageflow.schema.registry;

import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import io.usageflow.schema.registry.SchemaRegistry.RegisteredSchema;
import io.usageflow.schema.registry.SchemaRegistry.SchemaRefusedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;

/**
 * A registry in this JVM's memory, with Confluent's semantics: ids are global and count from 1, the same text has the
 * same id under every subject, and a new version must be compatible. For tests and development. Thread-safe.
 */
public final class InMemorySchemaRegistry implements SchemaRegistry {
    private static final Map<String, InMemorySchemaRegistry> SCOPES = new ConcurrentHashMap<>();

    private final List<Schema> schemas = new ArrayList<>();
    private final Map<String, Integer> idOfText = new HashMap<>();
    private final Map<String, List<Integer>> versions = new TreeMap<>();
    private final Map<String, Compatibility> levels = new HashMap<>();
    private Compatibility globalLevel = Compatibility.BACKWARD;

    /** The registry that all clients of {@code mock://scope} in this JVM share. */
    public static InMemorySchemaRegistry ofScope(String scope) {
        return SCOPES.computeIfAbsent(scope, name -> new InMemorySchemaRegistry());
    }

    /** Forgets a scope: later clients start empty, existing clients keep their registry. */
    public static void dropScope(String scope) {
        SCOPES.remove(scope);
    }

    @Override
    public synchronized int register(String subject, Schema schema) {
        Optional<Integer> known = idOf(subject, schema);
        if (known.isPresent()) {
            return known.get();
        }
        if (!isCompatible(subject, schema)) {
            throw new SchemaRefusedException("the schema " + schema.getFullName() + " is not " + level(subject)
                    + " compatible with the versions of subject '" + subject
                    + "': give new fields a default, and change no type to one that cannot read the old");
        }
        int id = idOfText.computeIfAbsent(schema.toString(), text -> {
            schemas.add(schema);
            return schemas.size();
        });
        versions.computeIfAbsent(subject, name -> new ArrayList<>()).add(id);
        return id;
    }

    @Override
    public synchronized Optional<Integer> idOf(String subject, Schema schema) {
        return Optional.ofNullable(idOfText.get(schema.toString())).filter(ids(subject)::contains);
    }

    @Override
    public synchronized Optional<Schema> byId(int id) {
        return id < 1 || id > schemas.size() ? Optional.empty() : Optional.of(schemas.get(id - 1));
    }

    @Override
    public synchronized Optional<RegisteredSchema> latest(String subject) {
        return version(subject, ids(subject).size());
    }

    /**
     * One version of a subject.
     *
     * @param version from 1
     */
    public synchronized Optional<RegisteredSchema> version(String subject, int version) {
        List<Integer> ids = ids(subject);
        if (version < 1 || version > ids.size()) {
            return Optional.empty();
        }
        int id = ids.get(version - 1);
        return Optional.of(new RegisteredSchema(subject, version, id, schemas.get(id - 1)));
    }

    /** All versions of a subject, oldest first; empty if it is unknown. */
    public synchronized List<RegisteredSchema> versions(String subject) {
        List<RegisteredSchema> all = new ArrayList<>();
        for (int version = 1; version <= ids(subject).size(); version++) {
            version(subject, version).ifPresent(all::add);
        }
        return List.copyOf(all);
    }

    /** The subjects that have a version, in alphabetical order. */
    public synchronized List<String> subjects() {
        return List.copyOf(versions.keySet());
    }

    @Override
    public synchronized boolean isCompatible(String subject, Schema schema) {
        List<Schema> newestFirst = new ArrayList<>();
        ids(subject).forEach(id -> newestFirst.add(schemas.get(id - 1)));
        Collections.reverse(newestFirst);
        return newestFirst.isEmpty() || level(subject).allows(schema, newestFirst);
    }

    @Override
    public synchronized Optional<Compatibility> compatibilityOf(String subject) {
        return Optional.ofNullable(levels.get(subject));
    }

    @Override
    public synchronized boolean setCompatibility(String subject, Compatibility level) {
        levels.put(subject, level);
        return true;
    }

    /** The level of subjects that have none of their own; BACKWARD unless set. */
    public synchronized Compatibility globalCompatibility() {
        return globalLevel;
    }

    public synchronized void setGlobalCompatibility(Compatibility level) {
        globalLevel = level;
    }

    private Compatibility level(String subject) {
        return levels.getOrDefault(subject, globalLevel);
    }

    private List<Integer> ids(String subject) {
        return versions.getOrDefault(subject, List.of());
    }
}
