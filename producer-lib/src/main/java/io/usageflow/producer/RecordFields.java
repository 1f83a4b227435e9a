package io.usageflow.producer;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A record's components under the names that data has: {@code totalTokens} is {@code total_tokens}. Thread-safe. */
public final class RecordFields {
    /** Before a capital after a small letter or digit, and before the last of several capitals: {@code HTTPStatus}. */
    private static final Pattern WORD_BORDER = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

    /** Looked up once for each class, and forgotten with it. */
    private static final ClassValue<Field[]> FIELDS = new ClassValue<>() {
        @Override
        protected Field[] computeValue(Class<?> type) {
            RecordComponent[] components = type.getRecordComponents();
            Field[] fields = new Field[components.length];
            for (int i = 0; i < components.length; i++) {
                fields[i] = new Field(snakeCase(components[i].getName()), components[i].getAccessor());
            }
            return fields;
        }
    };

    private RecordFields() {}

    private record Field(String name, Method accessor) {}

    /**
     * Those that are not null or empty, in the order of the record.
     *
     * @throws InvalidUsageEventException if the record is not accessible
     */
    public static Map<String, Object> of(Record values) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (Field field : FIELDS.get(values.getClass())) {
            Object value = read(field, values);
            if (value instanceof Optional<?> optional) {
                optional.ifPresent(present -> fields.put(field.name, present));
            } else if (value != null) {
                fields.put(field.name, value);
            }
        }
        return fields;
    }

    static String snakeCase(String name) {
        return WORD_BORDER.matcher(name).replaceAll("_").toLowerCase(Locale.ROOT);
    }

    private static @Nullable Object read(Field field, Record values) {
        try {
            // The accessor is public, its class need not be.
            if (!field.accessor.trySetAccessible()) {
                throw new InvalidUsageEventException(
                        "data",
                        "data cannot be read from " + values.getClass().getName()
                                + ": open its package in module-info.java, or give the values one"
                                + " by one");
            }
            return field.accessor.invoke(values);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("accessible a moment ago: " + field.accessor, e);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("the accessor of " + field.name + " failed", e.getCause());
        }
    }
}
