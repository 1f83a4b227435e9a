package io.usageflow.producer.metrics;

import java.util.List;

/**
 * The publisher's meters. Their names are an interface: dashboards and alerts use them. Counters count what this
 * process did since the publisher began.
 */
public enum PublisherMeter {
    PUBLISHED(
            "usageflow.publisher.published",
            "counter",
            "events",
            "Events and links given to the publisher, what it refused included: each becomes durable or refused."),
    DURABLE(
            "usageflow.publisher.durable",
            "counter",
            "events",
            "Those that became durable: acknowledged by all in-sync replicas, or on local disk where"
                    + " there is a spool."),
    REFUSED(
            "usageflow.publisher.refused",
            "counter",
            "events",
            List.of("reason"),
            "Those that did not become durable: invalid, too_large, buffer_full, dropped (publish.on.full=drop),"
                    + " spool_full, spool_failed, closed, timeout, rejected by Kafka or the registry,"
                    + " abandoned by close."),
    DURABLE_LATENCY(
            "usageflow.publisher.durable.latency",
            "timer",
            "seconds",
            "From the call of publish until the event was durable."),
    IN_FLIGHT(
            "usageflow.publisher.in.flight",
            "gauge",
            "events",
            "Events and links that are neither durable nor refused yet: lost if the process dies now."),
    IN_FLIGHT_BYTES("usageflow.publisher.in.flight.bytes", "gauge", "bytes", "Memory that they take, roughly."),
    SUSPECT_IDS(
            "usageflow.publisher.suspect.ids",
            "counter",
            "events",
            "Events that look like an earlier one published again under another id, which would be"
                    + " billed twice; the log" + " names the type and the fix."),
    SPOOL_EVENTS(
            "usageflow.publisher.spool.events",
            "gauge",
            "events",
            "Events on local disk that wait for Kafka; 0 without a spool."),
    SPOOL_BYTES("usageflow.publisher.spool.bytes", "gauge", "bytes", "Disk that they take; 0 without a spool."),
    SPOOL_OLDEST_AGE(
            "usageflow.publisher.spool.oldest.age",
            "gauge",
            "seconds",
            "How long ago the oldest of them was published; 0 where none waits."),
    SPOOL_REFUSED(
            "usageflow.publisher.spool.refused",
            "counter",
            "events",
            "Events that were not accepted because local disk had no room or failed."),
    SPOOL_SET_ASIDE(
            "usageflow.publisher.spool.set.aside",
            "gauge",
            "files",
            "Files with records that Kafka always refuses, and damaged segments: manual action required."),
    SPOOL_DAMAGED(
            "usageflow.publisher.spool.damaged",
            "gauge",
            "places",
            "Places where a segment could not be read since the publisher began; the segment is kept.");

    private final String meterName;
    private final String kind;
    private final String unit;

    @SuppressWarnings("ImmutableEnumChecker") // always of List.of
    private final List<String> tags;

    private final String doc;

    PublisherMeter(String meterName, String kind, String unit, String doc) {
        this(meterName, kind, unit, List.of(), doc);
    }

    PublisherMeter(String meterName, String kind, String unit, List<String> tags, String doc) {
        this.meterName = meterName;
        this.kind = kind;
        this.unit = unit;
        this.tags = tags;
        this.doc = doc;
    }

    /** Micrometer's name; Prometheus writes it with underscores. */
    public String meterName() {
        return meterName;
    }

    /** {@code counter}, {@code gauge} or {@code timer}. */
    public String kind() {
        return kind;
    }

    /** Base unit. */
    public String unit() {
        return unit;
    }

    /** Names of the labels. */
    public List<String> tags() {
        return tags;
    }

    /** One sentence for docs/metrics.md. */
    public String doc() {
        return doc;
    }
}
