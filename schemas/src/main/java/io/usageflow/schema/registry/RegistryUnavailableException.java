package io.usageflow.schema.registry;

import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The schema registry gave no usable answer: it is not reachable, overloaded, refuses the credentials, or is not a
 * registry. Says nothing about the bytes or the schema: the caller waits or stops, and writes no dead letter.
 */
public sealed class RegistryUnavailableException extends KafkaException {
    private static final long serialVersionUID = 1;

    private final boolean worthRetrying;

    RegistryUnavailableException(String message, @Nullable Throwable cause, boolean worthRetrying) {
        super(message, cause);
        this.worthRetrying = worthRetrying;
    }

    /** For a failure that may pass within seconds. */
    public static RegistryUnavailableException passing(String message, @Nullable Throwable cause) {
        return new RegistryUnavailableException(message, cause, true);
    }

    /** For a failure that needs manual action, such as a wrong password or address. */
    public static RegistryUnavailableException lasting(String message) {
        return new RegistryUnavailableException(message, null, false);
    }

    /** Whether a retry may succeed; false for wrong credentials or a wrong address. */
    public boolean isWorthRetrying() {
        return worthRetrying;
    }

    /**
     * The registry answers, but has lost the schema of a record that the forwarder wrote or has read before. The record
     * is not at fault: a stage waits, as it does while the registry is not reachable.
     */
    public static final class SchemaLostException extends RegistryUnavailableException {
        private static final long serialVersionUID = 1;

        /** @param why the registry's answer for the id, or its schema now */
        public SchemaLostException(String why) {
            super(
                    why
                            + "; this record was written by the forwarder or read by it before, so the"
                            + " registry has lost its schema:"
                            + " restore the registry's schemas with the ids that they had",
                    null,
                    false);
        }
    }
}
