package io.usageflow.schema.registry;

import org.apache.kafka.common.errors.SerializationException;

/**
 * The registry answered, but the id's schema cannot be used as an Avro schema: a JSON or Protobuf schema, text that does not
 * parse, a schema beyond the bounds, or a refused request. A property of the id, not of the registry: an immediate retry
 * does not help.
 */
public final class UnusableSchemaException extends SerializationException {
    private static final long serialVersionUID = 1;

    public UnusableSchemaException(String message) {
        super(message);
    }

    public UnusableSchemaException(String message, Throwable cause) {
        super(message, cause);
    }
}
