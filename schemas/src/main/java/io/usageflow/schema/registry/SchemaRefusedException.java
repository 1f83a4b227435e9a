package io.usageflow.schema.registry;

import org.apache.kafka.common.errors.SerializationException;

/** The registry refuses a schema as invalid or incompatible with its subject's versions. Retrying does not help. */
public final class SchemaRefusedException extends SerializationException {
    private static final long serialVersionUID = 1;

    public SchemaRefusedException(String message) {
        super(message);
    }
}
