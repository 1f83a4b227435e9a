package io.usageflow.sandbox.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one JSON object and collects errors, so that one response can name every bad field. A required
 * field that is missing yields an empty placeholder: look at {@link #errors} before using any value. Not thread-safe.
 */
public final class Fields {
    private static final int NO_INDEX = -1;

    private final ObjectNode node;
    private final @Nullable Fields parent;
    private final String name;
    private final int index;
    private final FieldErrors errors;

    private Fields(ObjectNode node, @Nullable Fields parent, String name, int index, FieldErrors errors) {
        this.node = node;
        this.parent = parent;
        this.name = name;
        this.index = index;
        this.errors = errors;
    }

    /** The body of a request. */
    public static Fields of(ObjectNode node) {
        return new Fields(node, null, "", NO_INDEX, new FieldErrors());
    }

    /** An element of an array of the body, with errors of its own. */
    public static Fields element(ObjectNode node, String array, int index) {
        return new Fields(node, null, array, index, new FieldErrors());
    }

    public FieldErrors errors() {
        return errors;
    }

    /** The whole object, as a value of its own. */
    public ObjectNode copy() {
        return node.deepCopy();
    }

    /** The path of the object in the request; empty for the body itself. Built on demand, for errors only. */
    public String path() {
        String own = index == NO_INDEX ? name : name + "[" + index + "]";
        return parent == null ? own : parent.pathOf(own);
    }

    public String pathOf(String field) {
        String path = path();
        return path.isEmpty() ? field : path + "." + field;
    }

    public void wrong(String name, String message) {
        errors.add(pathOf(name), message);
    }

    public boolean has(String name) {
        return raw(name) != null;
    }

    /** Null if the field is absent or null. */
    public @Nullable JsonNode raw(String name) {
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    public String text(String name) {
        JsonNode value = raw(name);
        if (value == null) {
            wrong(name, "is required");
            return "";
        }
        if (!value.isTextual()) {
            wrong(name, "must be a string");
            return "";
        }
        if (value.textValue().isBlank()) {
            wrong(name, "must not be empty");
        }
        return value.textValue();
    }

    public @Nullable String optionalText(String name) {
        JsonNode value = raw(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            wrong(name, "must be a string");
            return null;
        }
        return value.textValue();
    }

    public BigDecimal decimal(String name) {
        JsonNode value = raw(name);
        if (value == null) {
            wrong(name, "is required");
            return BigDecimal.ZERO;
        }
        BigDecimal number = decimal(name, value);
        return number == null ? BigDecimal.ZERO : number;
    }

    public @Nullable BigDecimal optionalDecimal(String name) {
        JsonNode value = raw(name);
        return value == null ? null : decimal(name, value);
    }

    private @Nullable BigDecimal decimal(String name, JsonNode value) {
        if (!value.isNumber()) {
            wrong(name, "must be a JSON number");
            return null;
        }
        BigDecimal number = value.decimalValue();
        if (!Decimals.isSane(number)) {
            wrong(name, "has too many digits");
            return null;
        }
        return Decimals.normal(number);
    }

    public int integer(String name, int fallback) {
        JsonNode value = raw(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            wrong(name, "must be an integer");
            return fallback;
        }
        return value.intValue();
    }

    public boolean flag(String name, boolean fallback) {
        JsonNode value = raw(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isBoolean()) {
            wrong(name, "must be true or false");
            return fallback;
        }
        return value.booleanValue();
    }

    public @Nullable ObjectNode optionalNode(String name) {
        JsonNode value = raw(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof ObjectNode object)) {
            wrong(name, "must be an object");
            return null;
        }
        return object;
    }

    public @Nullable Fields object(String name) {
        ObjectNode object = optionalNode(name);
        return object == null ? null : new Fields(object, this, name, NO_INDEX, errors);
    }

    /** The objects of an array; empty if the array is absent. */
    public List<Fields> objects(String name) {
        JsonNode value = raw(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            wrong(name, "must be an array");
            return List.of();
        }
        List<Fields> objects = new ArrayList<>(value.size());
        for (int i = 0; i < value.size(); i++) {
            if (value.get(i) instanceof ObjectNode object) {
                objects.add(new Fields(object, this, name, i, errors));
            } else {
                wrong(name + "[" + i + "]", "must be an object");
            }
        }
        return objects;
    }

    public List<String> texts(String name) {
        JsonNode value = raw(name);
        if (value == null) {
            return List.of();
        }
        List<String> texts = new ArrayList<>(value.size());
        for (JsonNode element : value) {
            if (element.isTextual()) {
                texts.add(element.textValue());
            }
        }
        if (!value.isArray() || texts.size() != value.size()) {
            wrong(name, "must be an array of strings");
        }
        return texts;
    }

    public void refuseOthersThan(Set<String> known) {
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                wrong(name, "is not a known field");
            }
        });
    }

    /** The errors of a request by the path of the field ({@code events[0].costs[1].amount}). Not thread-safe. */
    public static final class FieldErrors {
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

        public Map<String, List<String>> byPath() {
            return Collections.unmodifiableMap(byPath);
        }

        public static FieldErrors of(String path, String message) {
            FieldErrors errors = new FieldErrors();
            errors.add(path, message);
            return errors;
        }
    }
}
