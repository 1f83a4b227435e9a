package io.usageflow.forwarder.admission.source;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** How long Kafka still keeps the oldest record that admission has not processed. Pure. */
public final class RetentionLeft {
    private RetentionLeft() {}

    /**
     * @param kept how long the topic keeps records; empty where for ever, or where Kafka has not said it yet
     * @param oldestMillis when the oldest was written, Unix milliseconds; empty where none waits
     * @return negative where it may be gone; +Inf where none waits or none is ever deleted
     */
    public static double seconds(Optional<Duration> kept, OptionalLong oldestMillis, long nowMillis) {
        return kept.isEmpty() || oldestMillis.isEmpty()
                ? Double.POSITIVE_INFINITY
                : (kept.get().toMillis() - (nowMillis - oldestMillis.getAsLong())) / 1000.0;
    }
}
