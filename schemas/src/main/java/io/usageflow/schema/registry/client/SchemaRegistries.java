package io.usageflow.schema.registry.client;

import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.http.ConfigValues;
import io.usageflow.schema.registry.http.HttpSchemaRegistry;
import io.usageflow.schema.registry.http.RegistryClientSettings;
import io.usageflow.schema.registry.http.RegistryCredentials;
import io.usageflow.schema.registry.http.RegistryTls;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Opens registries. Thread-safe. */
public final class SchemaRegistries {
    private static final String MOCK = "mock://";

    /** Weak, so that a registry's HTTP client and its threads end when no serializer uses it any more. */
    private static final Map<RegistryClientSettings, WeakReference<SchemaRegistry>> OPEN = new HashMap<>();

    private SchemaRegistries() {}

    /**
     * The registry of a configuration. The same settings give the same registry while a serializer uses it, so that all
     * serializers of a process share its cache and connections. Does no I/O except reading TLS stores.
     *
     * @param config with {@value RegistryClientSettings#URL} and the keys of {@link RegistryClientSettings},
     *     {@link RegistryCredentials} and {@link RegistryTls}; others are ignored
     * @throws org.apache.kafka.common.config.ConfigException naming the key and the remedy
     */
    public static SchemaRegistry connect(Map<String, ?> config) {
        List<String> addresses = ConfigValues.list(config, RegistryClientSettings.URL);
        if (addresses.stream().anyMatch(address -> address.startsWith(MOCK))) {
            if (addresses.size() > 1) {
                throw ConfigValues.invalid(
                        RegistryClientSettings.URL, "names a mock:// scope among other addresses: give it alone");
            }
            return InMemorySchemaRegistry.ofScope(addresses.get(0).substring(MOCK.length()));
        }
        return shared(RegistryClientSettings.from(config));
    }

    private static SchemaRegistry shared(RegistryClientSettings settings) {
        synchronized (OPEN) {
            OPEN.values().removeIf(reference -> reference.get() == null);
            WeakReference<SchemaRegistry> reference = OPEN.get(settings);
            @Nullable SchemaRegistry open = reference == null ? null : reference.get();
            if (open == null) {
                open = open(settings);
                OPEN.put(settings, new WeakReference<>(open));
            }
            return open;
        }
    }

    private static SchemaRegistry open(RegistryClientSettings settings) {
        SchemaRegistry patient = new RetryingSchemaRegistry(
                new HttpSchemaRegistry(settings),
                settings.retry(),
                new Random(),
                wait -> Thread.sleep(wait.toMillis()));
        return new CachingSchemaRegistry(new GuardedSchemaRegistry(patient));
    }
}
