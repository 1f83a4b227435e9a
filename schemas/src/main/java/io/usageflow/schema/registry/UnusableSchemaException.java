package io.usageflow.schema.registry;

import org.apache.kafka.common.errors.SerializationException;

/**
 * The registry answered, and what it has under the id cannot be used as an Avro schema: a JSON or Protobuf schema, text
 * that does not parse, a schema beyond the bounds, or a refusal of the question. A property of the id, not of the
 * registry: asking again is of no use for now.
 */
public final class UnusableSchemaException extends SerializationException {
    private static final long serialVersionUID = 1;

    public UnusableSchemaException(String message) {
        super(message);
    }

    UnusableSchemaException(String message, Throwable cause) {
        super(message, cause);
    }
}
