package io.usageflow.benchmarks.producer;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.schema.topic.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What is compared, all with the same settings: what the publisher sets by itself is given to the raw client. */
public enum ProducerSide {
    RAW("raw", "KafkaProducer.send of the Avro record, with our Avro serializer and a callback"),
    PUBLISHER("publisher", "UsagePublisher.publish"),
    SPOOL("spool", "UsagePublisher.publish with a spool: durable when it is on disk");

    static final String TOPICS_PREFIX = "topics.prefix";

    /** How long a call may wait for room. By default the publisher does not wait; here no event may be refused. */
    private static final String WAIT_MS = "60000";

    private final String word;
    private final String what;

    ProducerSide(String word, String what) {
        this.word = word;
        this.what = what;
    }

    String word() {
        return word;
    }

    String what() {
        return what;
    }

    Topics topics() {
        return new Topics("producer-" + word);
    }

    Map<String, String> settings(BenchmarkCluster cluster) {
        Map<String, String> settings = new TreeMap<>(cluster.registrySettings());
        settings.put("bootstrap.servers", cluster.bootstrapServers());
        settings.put(TOPICS_PREFIX, topics().prefix());
        settings.put("buffer.memory", "33554432");
        if (this == RAW) {
            settings.put("acks", "all");
            settings.put("enable.idempotence", "true");
            settings.put("compression.type", "lz4");
            settings.put("linger.ms", "10");
            settings.put("batch.size", "131072");
            settings.put("max.block.ms", WAIT_MS);
        } else {
            settings.put("publish.max.block.ms", WAIT_MS);
        }
        if (this == SPOOL) {
            settings.put("spool.dir", cluster.directory().resolve("spool").toString());
        }
        return settings;
    }

    /** Opens it. @param settings of this side */
    Sender open(Map<String, String> settings) {
        return this == RAW ? new RawSender(new HashMap<>(settings)) : new PublisherSender(settings);
    }
}
