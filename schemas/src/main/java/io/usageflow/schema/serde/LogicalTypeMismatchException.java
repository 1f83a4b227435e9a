package io.usageflow.schema.serde;

/**
 * The value's schema gives a field another meaning than the record has, such as plain bytes where a decimal belongs, and
 * there is no exact conversion. The message names both. It stays so until the producer uses another schema.
 */
public final class LogicalTypeMismatchException extends UnknownSchemaException {
    private static final long serialVersionUID = 1;

    LogicalTypeMismatchException(int schemaId, String message) {
        super(schemaId, message);
    }
}
