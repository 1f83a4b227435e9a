package io.usageflow.schema.registry.client;

import io.usageflow.schema.registry.Compatibility;
import io.usageflow.schema.registry.RegisteredSchema;
import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.registry.SchemaRefusedException;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.text.VisibleText;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets a subject to BACKWARD_TRANSITIVE when it registers a schema, so that no later version makes old events unreadable.
 * Apicurio checks nothing by default, Confluent only the latest version. FULL_TRANSITIVE stays as it is. Thread-safe.
 *
 * <p>If the registry refuses the level, one warning per subject is logged, and the schema is registered anyway.
 */
public final class GuardedSchemaRegistry implements SchemaRegistry {
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
                        "event=compatibility_not_set subject={} level=BACKWARD_TRANSITIVE why={} remedy=\"set it at the"
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
