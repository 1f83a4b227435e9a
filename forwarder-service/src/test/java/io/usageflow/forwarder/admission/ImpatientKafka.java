package io.usageflow.forwarder.admission;

import java.util.Map;

/** A dead member and its transaction are given up after seconds: the rounds of a fault test would mostly be waiting. */
final class ImpatientKafka {
    static final Map<String, String> BROKER = Map.of(
            "group.min.session.timeout.ms", "1000",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");

    /** As the forwarder's settings take it. */
    static final Map<String, String> CLIENT = Map.of(
            "streams.main.consumer.session.timeout.ms", "3000",
            "streams.main.consumer.heartbeat.interval.ms", "500",
            "streams.producer.transaction.timeout.ms", "4000");

    private ImpatientKafka() {}
}
