package io.usageflow.sandbox.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one JSON object and notes what is wrong, so that one answer can name every bad field. A required
 * field that is missing yields an empty placeholder: look at {@link #errors} before using any value. Not thread-safe.
 */
public final class Fields {
    private final ObjectNode node;
    private final String path;
    private final FieldErrors errors;

    public Fields(ObjectNode node, String path, FieldErrors errors) {
        this.node = node;
        this.path = path;
        this.errors = errors;
    }

    public static Fields of(ObjectNode node) {
        return new Fields(node, "", new FieldErrors());
    }

    public FieldErrors errors() {
        return errors;
    }

    /** The whole object, as a value of its own. */
    public ObjectNode copy() {
        return node.deepCopy();
    }

    /** Where the object stands in the request; empty for the body itself. */
    public String path() {
        return path;
    }

    public String pathOf(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    public void wrong(String name, String message) {
        errors.add(pathOf(name), message);
    }

    public boolean has(String name) {
        JsonNode value = node.get(name);
        return value != null && !value.isNull();
    }

    public @Nullable JsonNode raw(String name) {
        return has(name) ? node.get(name) : null;
    }

    public String text(String name) {
        if (!has(name)) {
            wrong(name, "is required");
            return "";
        }
        String value = optionalText(name);
        if (value != null && value.isBlank()) {
            wrong(name, "must not be empty");
        }
        return value == null ? "" : value;
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
        if (!has(name)) {
            wrong(name, "is required");
            return BigDecimal.ZERO;
        }
        BigDecimal value = optionalDecimal(name);
        return value == null ? BigDecimal.ZERO : value;
    }

    public @Nullable BigDecimal optionalDecimal(String name) {
        JsonNode value = raw(name);
        if (value == null) {
            return null;
        }
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
        return object == null ? null : new Fields(object, pathOf(name), errors);
    }

    /** The objects of an array; empty where the array is absent. */
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
            String element = name + "[" + i + "]";
            if (value.get(i) instanceof ObjectNode object) {
                objects.add(new Fields(object, pathOf(element), errors));
            } else {
                wrong(element, "must be an object");
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
}
