package io.usageflow.producer;

import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The event was not acknowledged by all in-sync replicas within {@code delivery.timeout.ms} or before the publisher was
 * closed, or Kafka or the schema registry refused it (see the cause).
 */
public final class NotDurableException extends PublishException {
    private static final long serialVersionUID = 1L;

    /** @param why the cause in short */
    public NotDurableException(String id, String why, @Nullable Throwable cause) {
        this(id, cause instanceof TimeoutException ? RefusalReason.TIMEOUT : RefusalReason.REJECTED, why, cause);
    }

    /** @param why the reason in short */
    public NotDurableException(String id, RefusalReason reason, String why, @Nullable Throwable cause) {
        super(
                id,
                reason,
                id + " is not known to be durable: " + why
                        + ". Publishing it again with the same id is safe: a copy that"
                        + " did arrive is recognised as a duplicate",
                cause);
    }
}
