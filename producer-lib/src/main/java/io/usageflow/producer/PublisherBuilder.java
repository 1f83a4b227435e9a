package io.usageflow.producer;

import io.usageflow.schema.registry.http.RegistryClientSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Collects a publisher's settings by name. Not thread-safe; may build several publishers. */
public final class PublisherBuilder {
    private final Map<String, Object> settings = new HashMap<>();

    PublisherBuilder() {}

    /** Required: {@code host:port}, with commas between. */
    public PublisherBuilder bootstrapServers(String servers) {
        return set(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
    }

    /** Required: {@code http(s)://…}, several with commas between. */
    public PublisherBuilder schemaRegistryUrl(String url) {
        return set(RegistryClientSettings.URL, url);
    }

    /** Prefix of all topic names; default {@code usage}. */
    public PublisherBuilder topicsPrefix(String prefix) {
        return set(PublisherConfig.TOPICS_PREFIX, prefix);
    }

    /** Name of the publishing service, written into each event's source; none by default. */
    public PublisherBuilder serviceName(String name) {
        return set(PublisherConfig.SERVICE_NAME, name);
    }

    /** How long a call of publish may wait for room, with millisecond precision; default 0, not at all. */
    public PublisherBuilder maxBlock(Duration wait) {
        return set(PublisherConfig.MAX_BLOCK_MS, wait.toMillis());
    }

    /** What happens to an event when the buffer is full; default {@link WhenFull#FAIL}. */
    public PublisherBuilder whenFull(WhenFull then) {
        return set(PublisherConfig.ON_FULL, then.name().toLowerCase(Locale.ROOT));
    }

    /**
     * Writes events to this machine's disk first: they are durable there, and go to Kafka from there. Only this
     * publisher may use the directory, and it must be the same after a restart.
     */
    public PublisherBuilder spool(Path directory) {
        return set(PublisherConfig.SPOOL_DIR, directory.toString());
    }

    /** Any setting by its key. */
    public PublisherBuilder set(String key, Object value) {
        settings.put(key, value);
        return this;
    }

    /** Every setting of the map. */
    public PublisherBuilder set(Map<String, ?> more) {
        settings.putAll(more);
        return this;
    }

    /**
     * Starts the publisher.
     *
     * @throws org.apache.kafka.common.config.ConfigException as {@link UsagePublisher#create}
     */
    public UsagePublisher build() {
        return UsagePublisher.create(settings);
    }

    /**
     * Starts reading balances with these settings.
     *
     * @throws org.apache.kafka.common.config.ConfigException as {@link Balances#create}
     */
    public Balances buildBalances() {
        return Balances.create(settings);
    }
}
