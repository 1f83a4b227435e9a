package io.usageflow.schema.registry;

import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The schema registry gave no usable answer: it is away, overloaded, refuses our credentials, or is no registry. Says
 * nothing about the bytes or the schema in hand: whoever gets it waits or stops, and dead-letters nothing.
 */
public sealed class RegistryUnavailableException extends KafkaException permits SchemaLostException {
    private static final long serialVersionUID = 1;

    private final boolean worthRetrying;

    RegistryUnavailableException(String message, @Nullable Throwable cause, boolean worthRetrying) {
        super(message, cause);
        this.worthRetrying = worthRetrying;
    }

    /** Of a failure that may pass by itself within seconds. */
    static RegistryUnavailableException passing(String message, @Nullable Throwable cause) {
        return new RegistryUnavailableException(message, cause, true);
    }

    /** Of a failure that needs a person, such as a wrong password or address. */
    static RegistryUnavailableException lasting(String message) {
        return new RegistryUnavailableException(message, null, false);
    }

    /** Whether the failure may pass by itself; false for wrong credentials or a wrong address. */
    public boolean isWorthRetrying() {
        return worthRetrying;
    }
}
