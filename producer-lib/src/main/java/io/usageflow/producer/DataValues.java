package io.usageflow.producer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.rule.ExactDecimal;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Converts the application's data values to the schema's types without loss: whole numbers to long, others to decimal
 * if it can hold them, the rest to JSON text. Pure; the results share nothing with the arguments.
 */
public final class DataValues {
    private static final JsonFactory JSON = new JsonFactory();

    private DataValues() {}

    public static Object of(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : of(new BigDecimal(value));
    }

    public static Object of(BigDecimal value) {
        // BigDecimal.toString is always a JSON number.
        return ExactDecimal.fits(value) ? value : new JsonValue(value.toString());
    }

    public static Object of(String key, double value) {
        if (!Double.isFinite(value)) {
            throw refused("data." + key, "is " + value, "send a finite number, or leave it out");
        }
        return of(ShortestDecimal.of(value));
    }

    public static Object of(String key, float value) {
        if (!Float.isFinite(value)) {
            throw refused("data." + key, "is " + value, "send a finite number, or leave it out");
        }
        return of(ShortestDecimal.of(value));
    }

    /** A value whose type is known only at run time. */
    public static @Nullable Object ofAny(String key, @Nullable Object value) {
        if (value == null || value instanceof String || value instanceof Boolean) {
            return value;
        }
        String text = text(value);
        if (text != null) {
            return text;
        }
        if (value instanceof Record fields) {
            return json(key, RecordFields.of(fields));
        }
        if (value instanceof Map<?, ?> || value instanceof Iterable<?>) {
            return json(key, value);
        }
        return number("data." + key, value);
    }

    /**
     * Nested values as JSON text, an object's names in alphabetical order: a map's own order may differ from run to
     * run, and the same usage should have the same bytes.
     */
    public static JsonValue json(String key, Object nested) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            write(generator, "data." + key, nested, 1);
        } catch (IOException e) {
            throw new UncheckedIOException("writing JSON to a String must not do I/O", e);
        }
        return new JsonValue(text.toString());
    }

    /** The text of types whose text never changes; null for others. */
    private static @Nullable String text(Object value) {
        if (value instanceof Instant || value instanceof UUID) {
            return value.toString();
        }
        return value instanceof Enum<?> constant ? constant.name() : null;
    }

    private static Object number(String path, Object value) {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof BigDecimal decimal) {
            return of(decimal);
        }
        if (value instanceof BigInteger integer) {
            return of(integer);
        }
        String key = path.substring("data.".length());
        if (value instanceof Double real) {
            return of(key, real.doubleValue());
        }
        if (value instanceof Float real) {
            return of(key, real.floatValue());
        }
        throw refused(
                path,
                "is a " + value.getClass().getName(),
                "send a String, a number, a Boolean, an Instant, a UUID, an enum constant, or a record,"
                        + " Map or List of these");
    }

    private static void write(JsonGenerator generator, String path, @Nullable Object value, int depth)
            throws IOException {
        if (value instanceof Map<?, ?> map) {
            checkDepth(path, depth);
            generator.writeStartObject();
            for (Map.Entry<String, @Nullable Object> entry : sorted(path, map).entrySet()) {
                generator.writeFieldName(entry.getKey());
                write(generator, path + "." + entry.getKey(), entry.getValue(), depth + 1);
            }
            generator.writeEndObject();
        } else if (value instanceof Iterable<?> items) {
            checkDepth(path, depth);
            generator.writeStartArray();
            int index = 0;
            for (Object item : items) {
                write(generator, path + "[" + index++ + "]", item, depth + 1);
            }
            generator.writeEndArray();
        } else if (value instanceof String text) {
            generator.writeString(text);
        } else if (value instanceof Boolean truth) {
            generator.writeBoolean(truth);
        } else if (value == null) {
            generator.writeNull();
        } else if (value instanceof Record fields) {
            write(generator, path, RecordFields.of(fields), depth);
        } else if (text(value) != null) {
            generator.writeString(text(value));
        } else {
            Object number = number(path, value);
            generator.writeNumber(number instanceof JsonValue json ? json.getJson() : number.toString());
        }
    }

    private static Map<String, @Nullable Object> sorted(String path, Map<?, ?> map) {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String name)) {
                throw refused(path, "has the key " + entry.getKey() + ", which is not a String", "use String keys");
            }
            sorted.put(name, entry.getValue());
        }
        return sorted;
    }

    /** Checked here too, not only by the rules: a map that contains itself would never end. */
    private static void checkDepth(String path, int depth) {
        if (depth > EventRules.JSON_DEPTH_MAX) {
            throw refused(
                    path, "is nested deeper than " + EventRules.JSON_DEPTH_MAX + " levels", "send a flatter value");
        }
    }

    private static InvalidUsageEventException refused(String path, String wrong, String remedy) {
        return new InvalidUsageEventException(path, path + " " + wrong + ": " + remedy);
    }
}
