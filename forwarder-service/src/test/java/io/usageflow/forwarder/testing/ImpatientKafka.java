package io.usageflow.forwarder.testing;

import java.util.Map;

/** A dead member and its transaction are given up after seconds: the rounds of a fault test would mostly be waiting. */
public final class ImpatientKafka {
    public static final Map<String, String> BROKER = Map.of(
            "group.min.session.timeout.ms", "1000",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");

    /** Of admission, as the forwarder's settings take it. */
    public static final Map<String, String> ADMISSION = Map.of(
            "streams.main.consumer.session.timeout.ms", "3000",
            "streams.main.consumer.heartbeat.interval.ms", "500",
            "streams.producer.transaction.timeout.ms", "4000");

    /** Of delivery's clients. */
    public static final Map<String, String> DELIVERY = Map.of(
            "session.timeout.ms", "3000",
            "heartbeat.interval.ms", "500",
            "transaction.timeout.ms", "4000");

    private ImpatientKafka() {}
}
