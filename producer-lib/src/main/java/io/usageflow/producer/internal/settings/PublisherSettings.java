package io.usageflow.producer.internal.settings;

import io.usageflow.producer.PublisherConfig;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.WhenFull;
import io.usageflow.schema.Source;
import io.usageflow.schema.registry.http.RegistryClientSettings;
import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.topic.Topics;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A publisher's settings, read from one map with Kafka's keys and ours. Immutable; always valid.
 *
 * @param topics names
 * @param source the publishing service, written into each event
 * @param limits in bytes and time
 * @param checkIds whether to detect new ids for the same usage
 * @param spool null for none
 * @param balances the bounds of {@link io.usageflow.producer.Balances}
 * @param kafka for the Kafka client
 * @param serde for the Avro serializer
 */
public record PublisherSettings(
        Topics topics,
        Source source,
        Limits limits,
        boolean checkIds,
        @Nullable Spool spool,
        BalanceLimits balances,
        Map<String, Object> kafka,
        Map<String, Object> serde) {

    /** Upper bound of a record's bytes without its value: key, header, batch. */
    private static final int RECORD_OVERHEAD_BYTES = 4_096;

    /**
     * The bounds of the publisher.
     *
     * @param eventBytesMax of one encoded event
     * @param bufferBytesMax of events that wait for Kafka
     * @param blockMsMax how long a caller may wait for room
     * @param whenFull what happens to an event without room
     * @param deliveryTimeoutMs after which an unacknowledged event fails
     * @param closeTimeout of {@link UsagePublisher#close()}
     */
    public record Limits(
            int eventBytesMax,
            long bufferBytesMax,
            long blockMsMax,
            WhenFull whenFull,
            long deliveryTimeoutMs,
            Duration closeTimeout) {}

    /**
     * The local spool.
     *
     * @param directory used by this publisher only
     * @param bytesMax on disk
     * @param alertAge age of the oldest event after which a warning is logged
     */
    public record Spool(Path directory, long bytesMax, Duration alertAge) {}

    /**
     * The bounds of balances in memory.
     *
     * @param ageMax above which a balance is unknown
     */
    public record BalanceLimits(Duration ageMax, int accountsMax) {}

    public PublisherSettings {
        kafka = Map.copyOf(kafka);
        serde = Map.copyOf(serde);
    }

    /** Shows the topics only: the maps may contain passwords. */
    @Override
    public String toString() {
        return "PublisherSettings[" + topics + "]";
    }

    /**
     * Reads and checks the settings.
     *
     * @throws ConfigException naming the key: missing, wrong, unknown (with a suggestion), or fixed
     */
    public static PublisherSettings from(Map<String, ?> given) {
        SettingKeys.check(given);
        requireText(given, ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "the Kafka brokers, host:port with commas between");
        requireText(given, RegistryClientSettings.URL, "the schema registry, such as http://localhost:8081");
        AbstractConfig ours = new AbstractConfig(PublisherConfig.configDef(), given, false);
        // Contains the values that config.providers have substituted for ${…}.
        Map<String, Object> resolved = ours.originals();
        Source source = source(ours);
        Map<String, Object> kafka = kafka(resolved, ours, source);
        AbstractConfig effective = new AbstractConfig(ProducerConfig.configDef(), kafka, false);
        Limits limits = new Limits(
                ours.getInt(PublisherConfig.MAX_EVENT_BYTES),
                effective.getLong(ProducerConfig.BUFFER_MEMORY_CONFIG),
                ours.getLong(PublisherConfig.MAX_BLOCK_MS),
                WhenFull.valueOf(ours.getString(PublisherConfig.ON_FULL).toUpperCase(Locale.ROOT)),
                effective.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG),
                Duration.ofMillis(ours.getLong(PublisherConfig.CLOSE_TIMEOUT_MS)));
        requireRoomForAnEvent(limits, effective.getInt(ProducerConfig.MAX_REQUEST_SIZE_CONFIG));
        return new PublisherSettings(
                topics(ours),
                source,
                limits,
                ours.getBoolean(PublisherConfig.CHECK_IDS),
                spool(ours),
                new BalanceLimits(
                        Duration.ofMillis(ours.getLong(PublisherConfig.BALANCES_MAX_AGE_MS)),
                        ours.getInt(PublisherConfig.BALANCES_ACCOUNTS_MAX)),
                kafka,
                SettingKeys.ofSerializer(resolved));
    }

    private static @Nullable Spool spool(AbstractConfig ours) {
        String directory = ours.getString(PublisherConfig.SPOOL_DIR);
        if (directory == null) {
            return null;
        }
        try {
            if (directory.isBlank()) {
                throw new InvalidPathException(directory, "empty");
            }
            return new Spool(
                    Path.of(directory),
                    ours.getLong(PublisherConfig.SPOOL_MAX_BYTES),
                    Duration.ofMillis(ours.getLong(PublisherConfig.SPOOL_ALERT_AGE_MS)));
        } catch (InvalidPathException e) {
            ConfigException refused = new ConfigException(
                    PublisherConfig.SPOOL_DIR, directory, "is not a path (" + e.getReason() + "). Use a directory");
            refused.initCause(e);
            throw refused;
        }
    }

    private static Map<String, Object> kafka(Map<String, ?> given, AbstractConfig ours, Source source) {
        Map<String, Object> kafka = new HashMap<>();
        kafka.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        kafka.put(ProducerConfig.LINGER_MS_CONFIG, 10);
        kafka.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        // By default Kafka drops a topic's metadata after 5 idle minutes, and the next event has to wait.
        kafka.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofDays(1).toMillis());
        kafka.put(
                ProducerConfig.CLIENT_ID_CONFIG,
                source.getService() == null ? "usageflow-publisher" : "usageflow-publisher-" + source.getService());
        kafka.putAll(SettingKeys.ofKafka(given));
        kafka.put(ProducerConfig.ACKS_CONFIG, "all");
        kafka.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        kafka.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, ours.getLong(PublisherConfig.MAX_BLOCK_MS));
        kafka.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        kafka.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        return kafka;
    }

    private static Topics topics(AbstractConfig ours) {
        try {
            return new Topics(ours.getString(PublisherConfig.TOPICS_PREFIX));
        } catch (IllegalArgumentException e) {
            ConfigException refused = new ConfigException(e.getMessage());
            refused.initCause(e);
            throw refused;
        }
    }

    @SuppressWarnings("NullAway") // The generated constructor does not declare that optional fields take null.
    private static Source source(AbstractConfig ours) {
        @Nullable String instance = ours.getString(PublisherConfig.SERVICE_INSTANCE);
        String version =
                Objects.requireNonNullElse(UsagePublisher.class.getPackage().getImplementationVersion(), "dev");
        Source source = new Source(
                ours.getString(PublisherConfig.SERVICE_NAME),
                instance == null ? System.getenv("HOSTNAME") : instance,
                version);
        EventRules.violations(source).stream().findFirst().ifPresent(violation -> {
            throw new ConfigException(
                    violation.message().replaceFirst("^source\\.", "service.name or service.instance: "));
        });
        return source;
    }

    private static void requireRoomForAnEvent(Limits limits, int requestBytesMax) {
        int record = limits.eventBytesMax() + RECORD_OVERHEAD_BYTES;
        if (requestBytesMax < record) {
            throw new ConfigException(
                    ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                    requestBytesMax,
                    "is too small for the largest event. Use at least " + record + ", or lower "
                            + PublisherConfig.MAX_EVENT_BYTES);
        }
    }

    private static void requireText(Map<String, ?> given, String key, String what) {
        Object value = given.get(key);
        if (value == null || value.toString().isBlank()) {
            throw new ConfigException(key + " is missing: give " + what);
        }
    }
}
