package io.usageflow.schema.registry.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/** Reads values of a Kafka client's configuration, where a value may be text, a parsed object or a {@link Password}. */
public final class ConfigValues {
    private ConfigValues() {}

    static Optional<String> text(Map<String, ?> config, String key) {
        Object value = config.get(key);
        if (value == null) {
            return Optional.empty();
        }
        String text = value instanceof Password password ? password.value() : value.toString();
        return text.isBlank() ? Optional.empty() : Optional.of(text.strip());
    }

    public static List<String> list(Map<String, ?> config, String key) {
        List<String> parts = new ArrayList<>();
        if (config.get(key) instanceof Collection<?> values) {
            values.forEach(value -> parts.add(value.toString().strip()));
        } else {
            for (String part : text(config, key).orElse("").split(",")) {
                parts.add(part.strip());
            }
        }
        parts.removeIf(String::isEmpty);
        return parts;
    }

    static long number(Map<String, ?> config, String key, long otherwise, long least, long most) {
        Optional<String> text = text(config, key);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text.get());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw invalid(key, "is no number: use " + least + " to " + most, e);
        }
        throw invalid(key, "is out of bounds: use " + least + " to " + most);
    }

    public static ConfigException invalid(String key, String remedy) {
        return new ConfigException(key + " " + remedy);
    }

    static ConfigException invalid(String key, String remedy, Exception cause) {
        ConfigException failure = invalid(key, remedy);
        failure.initCause(cause);
        return failure;
    }
}
