package io.usageflow.schema.serde;

import io.usageflow.schema.UsageEvent;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Utils;

/** Reads the serializers' own keys. */
final class SerdeSettings {
    private SerdeSettings() {}

    static boolean flag(Map<String, ?> config, String key, boolean otherwise) {
        Object value = config.get(key);
        if (value == null) {
            return otherwise;
        }
        return switch (value.toString().strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new ConfigException(key + " is neither true nor false: use one of them");
        };
    }

    static void requireValue(boolean isKey, Class<?> type) {
        if (isKey) {
            throw new ConfigException(type.getName() + " is for values. Keys are UTF-8 text: use StringSerializer");
        }
    }

    /** An instance of the class that the key names, or the default's where it names none. */
    static <I> I made(Map<String, ?> config, String key, Class<I> kind, Supplier<? extends I> otherwise) {
        if (config.get(key) == null) {
            return otherwise.get();
        }
        Class<? extends I> named = named(config, key, kind);
        if (!named.getPackageName().equals(SerdeSettings.class.getPackageName())) {
            trustOwnRecords();
        }
        return Utils.newInstance(named.asSubclass(kind));
    }

    /**
     * Adds our generated records to the classes that Avro creates by name, for a serializer that is not ours: since
     * Avro 1.12.1 Confluent's cannot read or write them otherwise. What is trusted already stays trusted.
     */
    private static synchronized void trustOwnRecords() {
        ClassSecurityPredicate trusted = ClassSecurityValidator.getGlobal();
        if (!trusted.isTrusted(UsageEvent.class)) {
            ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                    trusted, type -> type.getPackageName().equals(UsageEvent.class.getPackageName())));
        }
    }

    static <I> Class<? extends I> named(Map<String, ?> config, String key, Class<I> kind) {
        Object value = config.get(key);
        try {
            Class<?> named = value instanceof Class<?> given ? given : Utils.loadClass("" + value, Object.class);
            return named.asSubclass(kind);
        } catch (ClassNotFoundException e) {
            throw invalid(key, "names " + value + ", which is not on the class path: add its jar", e);
        } catch (ClassCastException e) {
            throw invalid(key, "names " + value + ", which is no " + kind.getName(), e);
        }
    }

    @SuppressWarnings("unchecked") // The setting's class matches the deserializer's type parameter.
    static <T extends SpecificRecord> Class<T> recordType(Map<String, ?> config, String key) {
        if (config.get(key) == null) {
            throw new ConfigException(key + " is missing: name the generated class to read as");
        }
        return (Class<T>) named(config, key, SpecificRecord.class);
    }

    private static ConfigException invalid(String key, String remedy, Exception cause) {
        ConfigException failure = new ConfigException(key + " " + remedy);
        failure.initCause(cause);
        return failure;
    }
}
