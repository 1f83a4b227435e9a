package io.usageflow.forwarder.delivery.intake;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * How long a partition waits for schemas that the registry has lost. An operator has the time to restore the registry, and
 * the events are delivered in order. The wait ends, because no record may hold a partition for ever, and because dead
 * letters are kept longer than what waits here. One thread.
 */
public final class LostSchemaWait {
    public static final Duration MAX = Duration.ofHours(1);

    private final Map<TopicPartition, Span> spans = new HashMap<>();

    private record Span(Instant since, Instant last) {}

    /**
     * A record of the partition names a lost schema. All such records of a partition share one wait: it begins again only
     * after an hour without any.
     *
     * @return whether the partition has waited long enough
     */
    public boolean isOver(TopicPartition partition, Instant now) {
        Span span = spans.compute(
                partition,
                (key, before) -> before == null || isLonger(before.last, now)
                        ? new Span(now, now)
                        : new Span(before.since, now));
        return isLonger(span.since, now);
    }

    private static boolean isLonger(Instant from, Instant until) {
        return Duration.between(from, until).compareTo(MAX) > 0;
    }
}
