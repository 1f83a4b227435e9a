package io.usageflow.schema.registry;

import org.apache.kafka.common.errors.SerializationException;

/** The registry holds a schema to be invalid or incompatible with its subject's versions. Trying again is of no use. */
public final class SchemaRefusedException extends SerializationException {
    private static final long serialVersionUID = 1;

    public SchemaRefusedException(String message) {
        super(message);
    }
}
