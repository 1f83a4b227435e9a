package io.usageflow.schema.registry;

/**
 * The registry answers, and has lost the schema of a record that the forwarder itself wrote or has read before. That is
 * the registry's trouble and not the record's: a stage waits for it, as while the registry is away.
 */
public final class SchemaLostException extends RegistryUnavailableException {
    private static final long serialVersionUID = 1;

    /** @param why what the registry says of the id, or what its schema is now */
    public SchemaLostException(String why) {
        super(
                why
                        + "; this record was written by the forwarder or read by it before, so the registry has lost its schema:"
                        + " restore the registry's schemas with the ids that they had",
                null,
                false);
    }
}
