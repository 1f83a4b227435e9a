package io.usageflow.schema.registry;

/**
 * The registry answers, but has lost the schema of a record that the forwarder wrote or has read before. The record is not at
 * fault: a stage waits, as it does while the registry is not reachable.
 */
public final class SchemaLostException extends RegistryUnavailableException {
    private static final long serialVersionUID = 1;

    /** @param why the registry's answer for the id, or its schema now */
    public SchemaLostException(String why) {
        super(
                why
                        + "; this record was written by the forwarder or read by it before, so the registry has lost its schema:"
                        + " restore the registry's schemas with the ids that they had",
                null,
                false);
    }
}
