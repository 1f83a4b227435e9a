package io.usageflow.sandbox.resource;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Resources by id and by the publisher's own key, oldest first. Not thread-safe. */
public final class ResourceTable<T> {
    private final Map<String, T> byId = new LinkedHashMap<>();
    private final Map<String, T> byKey = new LinkedHashMap<>();
    private final Function<T, String> id;
    private final Function<T, @Nullable String> key;

    /** @param key returns null for a resource without a key */
    public ResourceTable(Function<T, String> id, Function<T, @Nullable String> key) {
        this.id = id;
        this.key = key;
    }

    /**
     * Adds and returns the resource.
     *
     * @throws IllegalArgumentException if the key is taken
     */
    public T add(T resource) {
        String ownKey = key.apply(resource);
        if (ownKey != null && byKey.putIfAbsent(ownKey, resource) != null) {
            throw new IllegalArgumentException("the key " + ownKey + " is taken: choose another one");
        }
        byId.put(id.apply(resource), resource);
        return resource;
    }

    public Optional<T> byId(String wanted) {
        return Optional.ofNullable(byId.get(wanted));
    }

    public Optional<T> byKey(String wanted) {
        return Optional.ofNullable(byKey.get(wanted));
    }

    /** Null is never taken. */
    public boolean isTaken(@Nullable String wanted) {
        return wanted != null && byKey.containsKey(wanted);
    }

    /** A copy, oldest first. */
    public List<T> all() {
        return List.copyOf(byId.values());
    }

    public void clear() {
        byId.clear();
        byKey.clear();
    }
}
