package io.usageflow.spring;

import io.usageflow.producer.PublisherStatistics;
import io.usageflow.producer.SpoolStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How a publisher is, for a health indicator of either line of Spring Boot. Pure; numbers only, nothing of any event.
 *
 * @param trouble why it should not be counted on; empty if all is well
 * @param details its records in flight
 */
record PublisherCondition(Optional<String> trouble, Map<String, Object> details) {
    /** The indicator's name under /actuator/health, and in {@code management.health.usageflow.enabled}. */
    static final String NAME = UsageflowProperties.PREFIX;

    private static final String TROUBLE = "because";

    /** @param now for the age of what is in the spool, whose times come from the wall clock */
    static PublisherCondition of(
            PublisherStatistics statistics, Optional<SpoolStatus> spool, UsageflowProperties properties, Instant now) {
        Duration inFlightAge = statistics.oldestInFlight();
        Duration spoolAge = spool.flatMap(SpoolStatus::oldestAt)
                .map(oldest -> Duration.between(oldest, now))
                .orElse(Duration.ZERO);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("inFlight", statistics.inFlight());
        details.put("inFlightBytes", statistics.inFlightBytes());
        details.put("oldestInFlightSeconds", inFlightAge.toSeconds());
        spool.ifPresent(status -> {
            details.put("spoolEvents", status.events());
            details.put("spoolBytes", status.bytes());
            details.put("oldestInSpoolSeconds", Math.max(0, spoolAge.toSeconds()));
        });
        Duration oldest = inFlightAge.compareTo(spoolAge) > 0 ? inFlightAge : spoolAge;
        Optional<String> trouble = fullSpool(spool, properties)
                .or(() -> fullBuffer(statistics.inFlightBytes(), properties))
                .or(() -> tooOld(oldest, properties));
        trouble.ifPresent(text -> details.put(TROUBLE, text));
        return new PublisherCondition(trouble, details);
    }

    private static Optional<String> fullSpool(Optional<SpoolStatus> spool, UsageflowProperties properties) {
        long eventBytesMax = properties.publish().maxEventSize().toBytes();
        return spool.filter(status -> status.bytes() > status.bytesMax() - eventBytesMax)
                .map(status -> "the spool is full (usageflow.spool.max-size, " + status.bytesMax()
                        + " bytes): events are refused");
    }

    private static Optional<String> fullBuffer(long inFlightBytes, UsageflowProperties properties) {
        UsageflowProperties.Publish publish = properties.publish();
        return inFlightBytes
                        <= publish.bufferSize().toBytes()
                                - publish.maxEventSize().toBytes()
                ? Optional.empty()
                : Optional.of("the buffer is full (usageflow.publish.buffer-size=" + publish.bufferSize()
                        + "): events are refused");
    }

    private static Optional<String> tooOld(Duration oldest, UsageflowProperties properties) {
        Duration limit = properties.health().maxEventAge();
        return oldest.compareTo(limit) <= 0
                ? Optional.empty()
                : Optional.of("the oldest event that Kafka does not have is older than usageflow.health.max-event-age="
                        + limit + ": Kafka or the schema registry does not answer");
    }
}
