package io.usageflow.benchmarks.producer;

import java.util.Map;
import java.util.TreeMap;

/** The same settings for all sides: what the publisher sets by itself is said to the raw client. */
final class ProducerSettings {
    static final String TOPICS_PREFIX = "topics.prefix";

    /** How long a call may wait for room. By default the publisher does not wait; here nothing may be refused. */
    private static final String WAIT_MS = "60000";

    private ProducerSettings() {}

    static String prefix(ProducerSide side) {
        return "producer-" + side.word();
    }

    static Map<String, String> of(ProducerSide side, String bootstrapServers, Map<String, String> registry) {
        Map<String, String> settings = new TreeMap<>(registry);
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put(TOPICS_PREFIX, prefix(side));
        settings.put("buffer.memory", "33554432");
        if (side == ProducerSide.RAW) {
            settings.put("acks", "all");
            settings.put("enable.idempotence", "true");
            settings.put("compression.type", "lz4");
            settings.put("linger.ms", "10");
            settings.put("batch.size", "131072");
            settings.put("max.block.ms", WAIT_MS);
        } else {
            settings.put("publish.max.block.ms", WAIT_MS);
        }
        return settings;
    }
}
