package io.usageflow.producer;

import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.topic.Topics;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a publisher's own settings. The same map takes those of {@link
 * org.apache.kafka.clients.producer.ProducerConfig} and of {@link
 * io.usageflow.schema.registry.http.RegistryClientSettings}; see docs/producer.md.
 */
public final class PublisherConfig {
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

    public static final String BALANCES_MAX_AGE_MS = "balances.max.age.ms";
    public static final String BALANCES_ACCOUNTS_MAX = "balances.accounts.max";

    private PublisherConfig() {}

    /** A new definition of these keys, with their types, defaults, bounds and documentation. */
    public static ConfigDef configDef() {
        ConfigDef def = new ConfigDef();
        medium(def, TOPICS_PREFIX, ConfigDef.Type.STRING, Topics.DEFAULT_PREFIX, null, """
                Prefix of all topic names: events go to <prefix>.events.""");
        medium(def, SERVICE_NAME, ConfigDef.Type.STRING, null, null, """
                Name of the publishing service, written into each event's source.""");
        low(def, SERVICE_INSTANCE, ConfigDef.Type.STRING, null, null, """
                Name of this instance of the service, written into each event's source. Default: the environment variable \
                HOSTNAME, if it is set.""");
        medium(def, MAX_BLOCK_MS, ConfigDef.Type.LONG, 0L, Range.between(0, 3_600_000), """
                How long, in milliseconds, a call of publish may wait for room when buffer.memory is full. 0: not at all, \
                the future fails at once.""");
        medium(def, ON_FULL, ConfigDef.Type.STRING, "fail", ValidString.in("fail", "drop", "throw"), """
                What happens to an event when buffer.memory is full. fail: its future fails. drop: the same, but counted as \
                a loss that the application accepts. throw: publish throws.""");
        low(def, CHECK_IDS, ConfigDef.Type.BOOLEAN, true, null, """
                Whether to warn when the application seems to create a new id for each retry of the same usage.""");
        low(
                def,
                MAX_EVENT_BYTES,
                ConfigDef.Type.INT,
                EventRules.EVENT_BYTES_MAX,
                Range.between(1_024, EventRules.EVENT_BYTES_MAX),
                "The largest event, in encoded bytes. The forwarder refuses events above the default.");
        low(def, CLOSE_TIMEOUT_MS, ConfigDef.Type.LONG, 30_000L, Range.between(0, 3_600_000), """
                How long, in milliseconds, close() waits for events that are not durable yet.""");
        medium(def, SPOOL_DIR, ConfigDef.Type.STRING, null, null, """
                A directory on a local disk, used by this publisher only and the same after a restart. An event is durable \
                when it is written there, and goes to Kafka afterwards. Without it an event is durable when Kafka has it.""");
        medium(def, SPOOL_MAX_BYTES, ConfigDef.Type.LONG, 1L << 30, Range.atLeast(1L << 20), """
                How many bytes of disk the spool may use. Above that, events are refused until Kafka has accepted some.""");
        low(def, SPOOL_ALERT_AGE_MS, ConfigDef.Type.LONG, 300_000L, Range.atLeast(1_000), """
                How long, in milliseconds, an event may wait in the spool before a warning is logged.""");
        medium(def, BALANCES_MAX_AGE_MS, ConfigDef.Type.LONG, 3_600_000L, Range.atLeast(1_000), """
                The age, in milliseconds, above which Balances does not know a balance any more.""");
        low(def, BALANCES_ACCOUNTS_MAX, ConfigDef.Type.INT, 100_000, Range.atLeast(1), """
                How many accounts Balances holds in memory, in about 500 bytes each. Other accounts are unknown.""");
        return def;
    }

    private static void medium(
            ConfigDef def,
            String key,
            ConfigDef.Type type,
            @Nullable Object value,
            @Nullable Validator bounds,
            String doc) {
        def.define(key, type, value, bounds, Importance.MEDIUM, doc);
    }

    private static void low(
            ConfigDef def,
            String key,
            ConfigDef.Type type,
            @Nullable Object value,
            @Nullable Validator bounds,
            String doc) {
        def.define(key, type, value, bounds, Importance.LOW, doc);
    }
}
