package io.usageflow.spring;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * An application's properties. A misspelt key is an error, because a setting without effect costs events. Other
 * defaults are the publisher's own.
 *
 * @param enabled Whether to make a publisher.
 * @param bootstrapServers Kafka brokers, host:port. Required. Not taken from spring.kafka: usage may go to another
 *     Kafka.
 * @param schemaRegistry Schema registry that speaks Confluent's REST API.
 * @param topics Where events go.
 * @param service Who publishes.
 * @param publish Bounds of what waits for Kafka.
 * @param spool Local disk that makes events durable while Kafka is away.
 * @param balances Whether to know the customers' balances.
 * @param health When health is no longer up.
 * @param properties Any other setting of the publisher, of Kafka's producer or of the registry's client, by its own
 *     key, such as security.protocol.
 */
@ConfigurationProperties(prefix = UsageflowProperties.PREFIX, ignoreUnknownFields = false)
public record UsageflowProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable List<String> bootstrapServers,
        @DefaultValue SchemaRegistry schemaRegistry,
        @DefaultValue Topics topics,
        @DefaultValue Service service,
        @DefaultValue Publish publish,
        @DefaultValue Spool spool,
        @DefaultValue Balances balances,
        @DefaultValue Health health,
        @Nullable Map<String, String> properties) {
    static final String PREFIX = "usageflow";

    /** Names no values: they may be passwords. */
    @Override
    public String toString() {
        return "UsageflowProperties[bootstrapServers=" + bootstrapServers + "]";
    }

    /**
     * Settings of the schema registry.
     *
     * @param url Its address, such as http://localhost:8081; several with commas between. Required.
     * @param username Name for basic authentication.
     * @param password Password for basic authentication.
     */
    public record SchemaRegistry(
            @Nullable String url,
            @Nullable String username,
            @Nullable String password) {
        @Override
        public String toString() {
            return "SchemaRegistry[url=" + url + "]";
        }
    }

    /**
     * Settings of the topics.
     *
     * @param prefix What all topic names begin with: events go to PREFIX.events.
     */
    public record Topics(@DefaultValue("usage") String prefix) {}

    /**
     * The source that events name.
     *
     * @param name Name of the publishing service, written into each event's source. Default: spring.application.name.
     * @param instance Name of this instance. Default: the environment variable HOSTNAME.
     */
    public record Service(@Nullable String name, @Nullable String instance) {}

    /**
     * Settings of publishing.
     *
     * @param bufferSize How much may wait for Kafka in memory, as encoded. When it is full, futures fail at once.
     * @param onFull What becomes of an event when the buffer is full. FAIL: its future fails. DROP: the same, as
     *     something that the application does not mean to repair. THROW: publish throws.
     * @param checkIds Whether to warn when the application seems to make a fresh id for each retry of the same usage.
     * @param maxBlock How long a call of publish may wait for room in the buffer. 0: not at all.
     * @param maxEventSize Largest event as encoded. The forwarder refuses events above the default.
     * @param deliveryTimeout After which an event that Kafka has not acknowledged fails.
     * @param closeTimeout How long the end of the application waits for what is not yet durable, when everything else
     *     has stopped. What is not durable then is logged. Keep it below the time between SIGTERM and SIGKILL.
     */
    public record Publish(
            @DefaultValue("32MB") DataSize bufferSize,
            @DefaultValue("FAIL") OnFull onFull,
            @DefaultValue("true") boolean checkIds,
            @DefaultValue("0s") Duration maxBlock,
            @DefaultValue("256KB") DataSize maxEventSize,
            @DefaultValue("2m") Duration deliveryTimeout,
            @DefaultValue("20s") Duration closeTimeout) {}

    /** What becomes of an event for which there is no room. */
    public enum OnFull {
        FAIL,
        DROP,
        THROW
    }

    /**
     * Settings of the spool.
     *
     * @param dir Directory on a local disk, for this publisher alone and the same after a restart. An event is durable
     *     when it is written there. Without it, an event is durable when Kafka has it.
     * @param maxSize How much disk the spool may take. Above that, events are refused until Kafka has taken some.
     * @param alertAge How long an event may wait in the spool before the log warns.
     */
    public record Spool(
            @Nullable String dir,
            @DefaultValue("1GB") DataSize maxSize,
            @DefaultValue("5m") Duration alertAge) {}

    /**
     * Settings of the balances.
     *
     * @param enabled Whether to make a Balances bean, which reads the topic PREFIX.balances into memory.
     * @param maxAge Age above which a balance is not known any more.
     * @param maxAccounts How many accounts are held in memory. Others are unknown.
     */
    public record Balances(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("1h") Duration maxAge,
            @DefaultValue("100000") int maxAccounts) {}

    /**
     * Settings of the health indicator.
     *
     * @param maxEventAge Health is OUT_OF_SERVICE while the oldest event that is not durable in Kafka is older.
     */
    public record Health(@DefaultValue("1m") Duration maxEventAge) {}
}
