package io.usageflow.producer.internal;

import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.WhenFull;
import io.usageflow.schema.Source;
import io.usageflow.schema.registry.RegistrySettings;
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
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A publisher's settings, read from one map with Kafka's key names and ours. Immutable; cannot exist invalid.
 *
 * @param topics names
 * @param source who publishes, as it stands in each event
 * @param limits in bytes and time
 * @param checkIds whether to look for fresh ids of the same usage
 * @param spool null for none
 * @param kafka for the Kafka client
 * @param serde for the Avro serializer
 */
public record PublisherSettings(
        Topics topics,
        Source source,
        Limits limits,
        boolean checkIds,
        @Nullable Spool spool,
        Map<String, Object> kafka,
        Map<String, Object> serde) {

    public static final String TOPICS_PREFIX = "topics.prefix";
    public static final String SERVICE_NAME = "service.name";
    public static final String SERVICE_INSTANCE = "service.instance";
    public static final String MAX_BLOCK_MS = "publish.max.block.ms";
    public static final String ON_FULL = "publish.on.full";
    public static final String CHECK_IDS = "publish.check.ids";
    public static final String MAX_EVENT_BYTES = "publish.max.event.bytes";
    public static final String CLOSE_TIMEOUT_MS = "publish.close.timeout.ms";

    public static final String SPOOL_DIR = "spool.dir";
    public static final String SPOOL_MAX_BYTES = "spool.max.bytes";
    public static final String SPOOL_ALERT_AGE_MS = "spool.alert.age.ms";

    /** What a record takes beyond its value, at most: key, header, batch. */
    private static final int RECORD_OVERHEAD_BYTES = 4_096;

    /**
     * @param eventBytesMax of one encoded event
     * @param bufferBytesMax of what waits for Kafka
     * @param blockMsMax how long a caller may wait for room
     * @param whenFull what becomes of an event that finds none
     * @param deliveryTimeoutMs after which an event that is not acknowledged fails
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
     * @param directory this publisher's alone
     * @param bytesMax on disk
     * @param alertAge of the oldest event, after which the log says so
     */
    public record Spool(Path directory, long bytesMax, Duration alertAge) {}

    public PublisherSettings {
        kafka = Map.copyOf(kafka);
        serde = Map.copyOf(serde);
    }

    /** Names the topics only: the maps may hold passwords. */
    @Override
    public String toString() {
        return "PublisherSettings[" + topics + "]";
    }

    /** Our own keys; Kafka's and the serializer's are theirs to define. */
    public static ConfigDef define(ConfigDef def) {
        return def.define(
                        TOPICS_PREFIX,
                        Type.STRING,
                        Topics.DEFAULT_PREFIX,
                        Importance.MEDIUM,
                        "What all topic names begin with: events go to <prefix>.events.")
                .define(
                        SERVICE_NAME,
                        Type.STRING,
                        null,
                        Importance.MEDIUM,
                        "Name of the publishing service, written into each event's source.")
                .define(
                        SERVICE_INSTANCE,
                        Type.STRING,
                        null,
                        Importance.LOW,
                        "Name of this instance of the service, written into each event's source. Default: the"
                                + " environment variable HOSTNAME, where it is set.")
                .define(
                        MAX_BLOCK_MS,
                        Type.LONG,
                        0L,
                        Range.between(0, 3_600_000),
                        Importance.MEDIUM,
                        "How long, in milliseconds, a call of publish may wait for room when buffer.memory is full. 0:"
                                + " not at all, the future fails at once.")
                .define(
                        ON_FULL,
                        Type.STRING,
                        "fail",
                        ValidString.in("fail", "drop", "throw"),
                        Importance.MEDIUM,
                        "What becomes of an event when buffer.memory is full. fail: its future fails. drop: the same, as"
                                + " something that the application does not mean to repair. throw: publish throws.")
                .define(
                        CHECK_IDS,
                        Type.BOOLEAN,
                        true,
                        Importance.LOW,
                        "Whether to warn when the application seems to make a fresh id for each retry of the same usage.")
                .define(
                        MAX_EVENT_BYTES,
                        Type.INT,
                        EventRules.EVENT_BYTES_MAX,
                        Range.between(1_024, EventRules.EVENT_BYTES_MAX),
                        Importance.LOW,
                        "The largest event, in bytes as encoded. The forwarder refuses events above the default.")
                .define(
                        CLOSE_TIMEOUT_MS,
                        Type.LONG,
                        30_000L,
                        Range.between(0, 3_600_000),
                        Importance.LOW,
                        "How long, in milliseconds, close() waits for what is not yet durable.")
                .define(
                        SPOOL_DIR,
                        Type.STRING,
                        null,
                        Importance.MEDIUM,
                        "A directory on a local disk, for this publisher alone and the same after a restart. An event is"
                                + " durable when it is written there; it goes to Kafka afterwards. Without it an event is"
                                + " durable when Kafka has it.")
                .define(
                        SPOOL_MAX_BYTES,
                        Type.LONG,
                        1L << 30,
                        Range.atLeast(1L << 20),
                        Importance.MEDIUM,
                        "How many bytes of disk the spool may take. Above that, events are refused until Kafka has taken"
                                + " some.")
                .define(
                        SPOOL_ALERT_AGE_MS,
                        Type.LONG,
                        300_000L,
                        Range.atLeast(1_000),
                        Importance.LOW,
                        "How long, in milliseconds, an event may wait in the spool before the log warns.");
    }

    /**
     * @throws ConfigException naming the key: missing, wrong, unknown (with what was probably meant), or not to be set
     */
    public static PublisherSettings from(Map<String, ?> given) {
        KeyCheck.check(given);
        requireText(given, ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "the Kafka brokers, host:port with commas between");
        requireText(given, RegistrySettings.URL, "the schema registry, such as http://localhost:8081");
        AbstractConfig ours = new AbstractConfig(define(new ConfigDef()), given, false);
        // From here on with the values that config.providers have put for ${…}.
        Map<String, Object> resolved = ours.originals();
        Source source = source(ours);
        Map<String, Object> kafka = kafka(resolved, ours, source);
        AbstractConfig effective = new AbstractConfig(ProducerConfig.configDef(), kafka, false);
        Limits limits = new Limits(
                ours.getInt(MAX_EVENT_BYTES),
                effective.getLong(ProducerConfig.BUFFER_MEMORY_CONFIG),
                ours.getLong(MAX_BLOCK_MS),
                WhenFull.valueOf(ours.getString(ON_FULL).toUpperCase(Locale.ROOT)),
                effective.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG),
                Duration.ofMillis(ours.getLong(CLOSE_TIMEOUT_MS)));
        requireRoomForAnEvent(limits, effective.getInt(ProducerConfig.MAX_REQUEST_SIZE_CONFIG));
        return new PublisherSettings(
                topics(ours),
                source,
                limits,
                ours.getBoolean(CHECK_IDS),
                spool(ours),
                kafka,
                KeyCheck.ofSerializer(resolved));
    }

    private static @Nullable Spool spool(AbstractConfig ours) {
        String directory = ours.getString(SPOOL_DIR);
        if (directory == null) {
            return null;
        }
        try {
            if (directory.isBlank()) {
                throw new InvalidPathException(directory, "empty");
            }
            return new Spool(
                    Path.of(directory),
                    ours.getLong(SPOOL_MAX_BYTES),
                    Duration.ofMillis(ours.getLong(SPOOL_ALERT_AGE_MS)));
        } catch (InvalidPathException e) {
            ConfigException refused =
                    new ConfigException(SPOOL_DIR, directory, "is no path (" + e.getReason() + "): name a directory");
            refused.initCause(e);
            throw refused;
        }
    }

    private static Map<String, Object> kafka(Map<String, ?> given, AbstractConfig ours, Source source) {
        Map<String, Object> kafka = new HashMap<>();
        kafka.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        kafka.put(ProducerConfig.LINGER_MS_CONFIG, 10);
        kafka.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        // By default a topic's metadata is forgotten after 5 minutes without an event, and the next event has to wait.
        kafka.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofDays(1).toMillis());
        kafka.put(
                ProducerConfig.CLIENT_ID_CONFIG,
                source.getService() == null ? "usageflow-publisher" : "usageflow-publisher-" + source.getService());
        kafka.putAll(KeyCheck.ofKafka(given));
        kafka.put(ProducerConfig.ACKS_CONFIG, "all");
        kafka.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        kafka.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, ours.getLong(MAX_BLOCK_MS));
        kafka.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        kafka.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        return kafka;
    }

    private static Topics topics(AbstractConfig ours) {
        try {
            return new Topics(ours.getString(TOPICS_PREFIX));
        } catch (IllegalArgumentException e) {
            ConfigException refused = new ConfigException(e.getMessage());
            refused.initCause(e);
            throw refused;
        }
    }

    // The schema's constructor takes null for an optional field, which generated code does not say.
    @SuppressWarnings("NullAway")
    private static Source source(AbstractConfig ours) {
        @Nullable String instance = ours.getString(SERVICE_INSTANCE);
        String version =
                Objects.requireNonNullElse(UsagePublisher.class.getPackage().getImplementationVersion(), "dev");
        Source source = new Source(
                ours.getString(SERVICE_NAME), instance == null ? System.getenv("HOSTNAME") : instance, version);
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
                    "is too small for the largest event: use at least " + record + ", or lower " + MAX_EVENT_BYTES);
        }
    }

    private static void requireText(Map<String, ?> given, String key, String what) {
        Object value = given.get(key);
        if (value == null || value.toString().isBlank()) {
            throw new ConfigException(key + " is missing: give " + what);
        }
    }
}
