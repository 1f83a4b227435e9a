package io.usageflow.producer;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What stands on local disk and not in Kafka yet. Immutable.
 *
 * @param events that wait for Kafka
 * @param bytes they take on disk
 * @param oldest when the oldest of them was published; null where none waits
 * @param refused events that found no room since this publisher began
 */
public record SpoolStatus(long events, long bytes, @Nullable Instant oldest, long refused) {
    /** Of a publisher without a spool, too. */
    public static final SpoolStatus NONE = new SpoolStatus(0, 0, null, 0);
}
