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
 * @param trouble why it should not be counted on; empty where all is well
 * @param details what it has under way
 */
record PublisherCondition(Optional<String> trouble, Map<String, Object> details) {
    /** The indicator's name under /actuator/health, and in {@code management.health.usageflow.enabled}. */
    static final String NAME = UsageflowProperties.PREFIX;

    private static final String TROUBLE = "because";

    /** @param now for the age of what is in the spool, whose times come from the wall clock */
    static PublisherCondition of(PublisherStatistics statistics, UsageflowProperties properties, Instant now) {
        Duration inFlightAge = statistics.oldestInFlight();
        SpoolStatus spool = statistics.spool();
        Duration spoolAge = spool.oldest() == null ? Duration.ZERO : Duration.between(spool.oldest(), now);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("inFlight", statistics.inFlight());
        details.put("inFlightBytes", statistics.inFlightBytes());
        details.put("oldestInFlightSeconds", inFlightAge.toSeconds());
        details.put("spoolEvents", spool.events());
        details.put("oldestInSpoolSeconds", Math.max(0, spoolAge.toSeconds()));
        Duration oldest = inFlightAge.compareTo(spoolAge) > 0 ? inFlightAge : spoolAge;
        Optional<String> trouble = trouble(statistics.inFlightBytes(), oldest, properties);
        trouble.ifPresent(text -> details.put(TROUBLE, text));
        return new PublisherCondition(trouble, details);
    }

    private static Optional<String> trouble(long inFlightBytes, Duration oldest, UsageflowProperties properties) {
        UsageflowProperties.Publish publish = properties.publish();
        if (inFlightBytes
                > publish.bufferSize().toBytes() - publish.maxEventSize().toBytes()) {
            return Optional.of("the buffer is full (usageflow.publish.buffer-size=" + publish.bufferSize()
                    + "): events are refused");
        }
        Duration limit = properties.health().maxEventAge();
        if (oldest.compareTo(limit) > 0) {
            return Optional.of("the oldest event that Kafka does not have is older than"
                    + " usageflow.health.max-event-age=" + limit + ": Kafka or the schema registry does not answer");
        }
        return Optional.empty();
    }
}
