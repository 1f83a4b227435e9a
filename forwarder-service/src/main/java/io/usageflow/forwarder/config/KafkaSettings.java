package io.usageflow.forwarder.config;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * How to reach Kafka. Immutable; {@link #toString} names keys only, since values may be secrets.
 *
 * @param bootstrapServers {@code host:port}, comma separated
 * @param client settings that {@code kafka.} passes to every Kafka client, without the prefix, with the bootstrap
 *     servers
 * @param streams settings that {@code streams.} passes to Kafka Streams, without the prefix
 */
public record KafkaSettings(String bootstrapServers, Map<String, Object> client, Map<String, Object> streams) {
    public static final String BOOTSTRAP_SERVERS = "kafka.bootstrap.servers";
    public static final String CLIENT_PREFIX = "kafka.";
    public static final String STREAMS_PREFIX = "streams.";

    public KafkaSettings {
        client = Map.copyOf(client);
        streams = Map.copyOf(streams);
    }

    static void define(ConfigDef def) {
        KeyGroup.of(def, "Kafka")
                .text(BOOTSTRAP_SERVERS, "127.0.0.1:9092", new ConfigDef.NonEmptyString())
                .doc("Brokers to begin with, host:port, comma separated. Every other key with the prefix kafka."
                        + " goes to each Kafka client as it is, such as kafka.security.protocol.");
    }

    static KafkaSettings from(AbstractConfig config, Map<String, String> passedThrough) {
        String servers = config.getString(BOOTSTRAP_SERVERS);
        var client = new HashMap<String, Object>(under(CLIENT_PREFIX, passedThrough));
        client.put("bootstrap.servers", servers);
        return new KafkaSettings(servers, client, new HashMap<>(under(STREAMS_PREFIX, passedThrough)));
    }

    static Map<String, String> under(String prefix, Map<String, String> passedThrough) {
        var stripped = new HashMap<String, String>();
        passedThrough.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                stripped.put(key.substring(prefix.length()), value);
            }
        });
        return stripped;
    }

    @Override
    public String toString() {
        return "KafkaSettings[" + bootstrapServers + ", client=" + new TreeSet<>(client.keySet()) + ", streams="
                + new TreeSet<>(streams.keySet()) + "]";
    }
}
