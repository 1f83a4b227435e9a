package io.usageflow.sandbox.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The errors of a request by the path of the field ({@code events[0].costs[1].amount}). Not thread-safe. */
public final class FieldErrors {
    // One is created for each event, and most stay empty.
    private Map<String, List<String>> byPath = Map.of();

    public void add(String path, String message) {
        if (byPath.isEmpty()) {
            byPath = new LinkedHashMap<>();
        }
        byPath.computeIfAbsent(path, key -> new ArrayList<>()).add(message);
    }

    public void addAll(FieldErrors others) {
        others.byPath.forEach((path, messages) -> messages.forEach(message -> add(path, message)));
    }

    public boolean none() {
        return byPath.isEmpty();
    }

    public int count() {
        return byPath.size();
    }

    public Map<String, List<String>> byPath() {
        return Collections.unmodifiableMap(byPath);
    }

    public static FieldErrors of(String path, String message) {
        FieldErrors errors = new FieldErrors();
        errors.add(path, message);
        return errors;
    }
}
