package io.usageflow.embedded;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The options of an embedded broker. Immutable.
 *
 * @param port of the clients' listener; 0 (default) takes a free one
 * @param dataDirectory kept when the broker closes, and used again by the next one; a temporary one that is deleted on
 *     close where empty (default)
 * @param settings of the broker, over its own ones; keys of Kafka's broker configuration. {@value #FEATURE} before the
 *     name of a cluster feature is the level at which a new cluster is formatted, otherwise Kafka's default
 */
public record EmbeddedBrokerOptions(int port, Optional<Path> dataDirectory, Map<String, String> settings) {
    /** Such as {@code feature.transaction.version=1}. */
    public static final String FEATURE = "feature.";

    /** The setting with the id of a new cluster, which its brokers share; a random one where it is missing. */
    static final String CLUSTER_ID = "cluster.id";

    public EmbeddedBrokerOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port is " + port + ": use 1 to 65535, or 0 for a free one");
        }
        settings = Map.copyOf(settings);
    }

    public static EmbeddedBrokerOptions defaults() {
        return new EmbeddedBrokerOptions(0, Optional.empty(), Map.of());
    }

    public EmbeddedBrokerOptions withPort(int other) {
        return new EmbeddedBrokerOptions(other, dataDirectory, settings);
    }

    public EmbeddedBrokerOptions withDataDirectory(Path kept) {
        return new EmbeddedBrokerOptions(port, Optional.of(kept), settings);
    }

    public EmbeddedBrokerOptions withSettings(Map<String, String> others) {
        return new EmbeddedBrokerOptions(port, dataDirectory, others);
    }
}
