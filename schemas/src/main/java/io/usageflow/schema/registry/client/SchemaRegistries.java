package io.usageflow.schema.registry.client;

import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import io.usageflow.schema.registry.SchemaRegistry.RegisteredSchema;
import io.usageflow.schema.registry.SchemaRegistry.SchemaRefusedException;
import io.usageflow.schema.registry.http.ConfigValues;
import io.usageflow.schema.registry.http.HttpSchemaRegistry;
import io.usageflow.schema.registry.http.RegistryClientSettings;
import io.usageflow.schema.registry.http.RegistryCredentials;
import io.usageflow.schema.registry.http.RegistryTls;
import io.usageflow.schema.text.VisibleText;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    /**
     * Sets a subject to BACKWARD_TRANSITIVE when it registers a schema, so that no later version makes old events
     * unreadable. Apicurio checks nothing by default, Confluent only the latest version. FULL_TRANSITIVE stays as it
     * is. Thread-safe.
     *
     * <p>If the registry refuses the level, one warning per subject is logged, and the schema is registered anyway.
     */
    public static final class GuardedSchemaRegistry implements SchemaRegistry {
        private static final Logger LOG = LoggerFactory.getLogger(GuardedSchemaRegistry.class);

        private final SchemaRegistry delegate;
        private final Set<String> warned = ConcurrentHashMap.newKeySet();

        public GuardedSchemaRegistry(SchemaRegistry delegate) {
            this.delegate = delegate;
        }

        @Override
        public int register(String subject, Schema schema) {
            boolean guarded = guard(subject);
            int id = delegate.register(subject, schema);
            if (!guarded) {
                // Some registries accept a level only for a subject that has a version.
                guard(subject);
            }
            return id;
        }

        /** Whether nothing is left to do: the level is set, or cannot be set. */
        private boolean guard(String subject) {
            try {
                return delegate.compatibilityOf(subject)
                                .filter(Compatibility::readsAllHistory)
                                .isPresent()
                        || delegate.setCompatibility(subject, Compatibility.BACKWARD_TRANSITIVE);
            } catch (RegistryUnavailableException | SchemaRefusedException e) {
                if (warned.add(subject)) {
                    LOG.warn(
                            "event=compatibility_not_set subject={} level=BACKWARD_TRANSITIVE why={}"
                                    + " remedy=\"set it at the"
                                    + " registry: otherwise a later schema may make old records unreadable\"",
                            subject,
                            VisibleText.logged(e.getMessage()));
                }
                return true;
            }
        }

        @Override
        public Optional<Integer> idOf(String subject, Schema schema) {
            return delegate.idOf(subject, schema);
        }

        @Override
        public Optional<Schema> byId(int id) {
            return delegate.byId(id);
        }

        @Override
        public Optional<RegisteredSchema> latest(String subject) {
            return delegate.latest(subject);
        }

        @Override
        public boolean isCompatible(String subject, Schema schema) {
            return delegate.isCompatible(subject, schema);
        }

        @Override
        public Optional<Compatibility> compatibilityOf(String subject) {
            return delegate.compatibilityOf(subject);
        }

        @Override
        public boolean setCompatibility(String subject, Compatibility level) {
            return delegate.setCompatibility(subject, level);
        }
    }
}
