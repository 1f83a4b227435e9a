package io.usageflow.schema.serde;

import org.apache.kafka.common.errors.SerializationException;

/**
 * The value names a schema id that the registry does not know, or whose schema cannot be read as the wanted record. The
 * bytes may be good: they become readable when the schema is registered, or when the reader is upgraded.
 */
public sealed class UnknownSchemaException extends SerializationException {
    private static final long serialVersionUID = 1;

    private final int schemaId;

    public UnknownSchemaException(int schemaId, String message) {
        super(message);
        this.schemaId = schemaId;
    }

    public int schemaId() {
        return schemaId;
    }

    /**
     * The value's schema gives a field another meaning than the record has, such as plain bytes where a decimal
     * belongs, and there is no exact conversion. The message names both. It stays so until the producer uses another
     * schema.
     */
    static final class LogicalTypeMismatchException extends UnknownSchemaException {
        private static final long serialVersionUID = 1;

        LogicalTypeMismatchException(int schemaId, String message) {
            super(schemaId, message);
        }
    }
}
