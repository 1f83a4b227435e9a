package io.usageflow.spring;

import io.usageflow.producer.PublisherConfig;
import io.usageflow.schema.registry.http.RegistryClientSettings;
import io.usageflow.schema.registry.http.RegistryCredentials;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/** Maps the publisher's keys to Spring properties, in both directions. Pure. */
final class PublisherKeys {
    static final String ANY = UsageflowProperties.PREFIX + ".properties.";
    static final String BOOTSTRAP_SERVERS = UsageflowProperties.PREFIX + ".bootstrap-servers";
    static final String SERVICE_NAME = UsageflowProperties.PREFIX + ".service.name";
    private static final String USERNAME = UsageflowProperties.PREFIX + ".schema-registry.username";
    private static final String PASSWORD = UsageflowProperties.PREFIX + ".schema-registry.password";

    /** Keys that have a property of their own. */
    static final Map<String, String> NAMED = Map.ofEntries(
            Map.entry(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, BOOTSTRAP_SERVERS),
            Map.entry(RegistryClientSettings.URL, UsageflowProperties.PREFIX + ".schema-registry.url"),
            Map.entry(PublisherConfig.TOPICS_PREFIX, UsageflowProperties.PREFIX + ".topics.prefix"),
            Map.entry(PublisherConfig.SERVICE_NAME, SERVICE_NAME),
            Map.entry(PublisherConfig.SERVICE_INSTANCE, UsageflowProperties.PREFIX + ".service.instance"),
            Map.entry(ProducerConfig.BUFFER_MEMORY_CONFIG, UsageflowProperties.PREFIX + ".publish.buffer-size"),
            Map.entry(PublisherConfig.ON_FULL, UsageflowProperties.PREFIX + ".publish.on-full"),
            Map.entry(PublisherConfig.CHECK_IDS, UsageflowProperties.PREFIX + ".publish.check-ids"),
            Map.entry(PublisherConfig.SPOOL_DIR, UsageflowProperties.PREFIX + ".spool.dir"),
            Map.entry(PublisherConfig.SPOOL_MAX_BYTES, UsageflowProperties.PREFIX + ".spool.max-size"),
            Map.entry(PublisherConfig.SPOOL_ALERT_AGE_MS, UsageflowProperties.PREFIX + ".spool.alert-age"),
            Map.entry(PublisherConfig.BALANCES_MAX_AGE_MS, UsageflowProperties.PREFIX + ".balances.max-age"),
            Map.entry(PublisherConfig.BALANCES_ACCOUNTS_MAX, UsageflowProperties.PREFIX + ".balances.max-accounts"),
            Map.entry(PublisherConfig.MAX_BLOCK_MS, UsageflowProperties.PREFIX + ".publish.max-block"),
            Map.entry(PublisherConfig.MAX_EVENT_BYTES, UsageflowProperties.PREFIX + ".publish.max-event-size"),
            Map.entry(
                    ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                    UsageflowProperties.PREFIX + ".publish.delivery-timeout"),
            Map.entry(PublisherConfig.CLOSE_TIMEOUT_MS, UsageflowProperties.PREFIX + ".publish.close-timeout"));

    /** Words in a message that look like a key. */
    private static final Pattern WORD =
            Pattern.compile("(?<![\\w./:-])[a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)*(?![\\w/-]|://)");

    private PublisherKeys() {}

    /**
     * @param applicationName used if the service name is not set
     * @throws SettingsException for a value that is set twice, which only Spring properties allow
     */
    static Map<String, Object> from(UsageflowProperties properties, @Nullable String applicationName) {
        Map<String, Object> keys = new HashMap<>(any(properties));
        put(
                keys,
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                properties.bootstrapServers() == null ? null : String.join(",", properties.bootstrapServers()));
        put(keys, RegistryClientSettings.URL, properties.schemaRegistry().url());
        put(keys, RegistryCredentials.USER_INFO, userInfo(properties.schemaRegistry()));
        put(keys, PublisherConfig.TOPICS_PREFIX, properties.topics().prefix());
        String service = given(properties.service().name());
        put(keys, PublisherConfig.SERVICE_NAME, service == null ? given(applicationName) : service);
        put(keys, PublisherConfig.SERVICE_INSTANCE, properties.service().instance());
        put(keys, properties.publish());
        put(keys, properties.spool());
        put(
                keys,
                PublisherConfig.BALANCES_MAX_AGE_MS,
                properties.balances().maxAge().toMillis());
        put(keys, PublisherConfig.BALANCES_ACCOUNTS_MAX, properties.balances().maxAccounts());
        return keys;
    }

    private static void put(Map<String, Object> keys, UsageflowProperties.Publish publish) {
        put(keys, ProducerConfig.BUFFER_MEMORY_CONFIG, publish.bufferSize().toBytes());
        put(keys, PublisherConfig.MAX_BLOCK_MS, publish.maxBlock().toMillis());
        put(keys, PublisherConfig.MAX_EVENT_BYTES, publish.maxEventSize().toBytes());
        put(
                keys,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                publish.deliveryTimeout().toMillis());
        put(keys, PublisherConfig.CLOSE_TIMEOUT_MS, publish.closeTimeout().toMillis());
        put(keys, PublisherConfig.ON_FULL, publish.onFull().name().toLowerCase(Locale.ROOT));
        put(keys, PublisherConfig.CHECK_IDS, publish.checkIds());
    }

    private static void put(Map<String, Object> keys, UsageflowProperties.Spool spool) {
        put(keys, PublisherConfig.SPOOL_DIR, given(spool.dir()));
        put(keys, PublisherConfig.SPOOL_MAX_BYTES, spool.maxSize().toBytes());
        put(keys, PublisherConfig.SPOOL_ALERT_AGE_MS, spool.alertAge().toMillis());
    }

    private static Map<String, String> any(UsageflowProperties properties) {
        Map<String, String> any = properties.properties() == null ? Map.of() : properties.properties();
        any.keySet().stream().filter(NAMED::containsKey).sorted().findFirst().ifPresent(key -> {
            throw new SettingsException(
                    ANY + key + " has a property of its own",
                    "Set " + NAMED.get(key) + " instead of " + ANY + key + ".");
        });
        return any;
    }

    private static @Nullable String userInfo(UsageflowProperties.SchemaRegistry registry) {
        String username = given(registry.username());
        String password = given(registry.password());
        if (username == null && password == null) {
            return null;
        }
        if (username == null || password == null) {
            String missing = username == null ? USERNAME : PASSWORD;
            throw new SettingsException(
                    missing + " is missing although " + (username == null ? PASSWORD : USERNAME) + " is set",
                    "Set " + missing + " too, or neither.");
        }
        if (username.contains(":")) {
            throw new SettingsException(
                    USERNAME + " contains a colon, which basic authentication cannot carry", "Use another user.");
        }
        return username + ":" + password;
    }

    /**
     * A publisher's message, with properties instead of keys.
     *
     * @param keys that were set
     */
    static String inSpringsSpelling(String message, Map<String, ?> keys) {
        return WORD.matcher(message).replaceAll(found -> spelling(found, keys).replace("$", "\\$"));
    }

    private static String spelling(MatchResult found, Map<String, ?> keys) {
        String word = found.group();
        String named = NAMED.get(word);
        if (named != null) {
            return named;
        }
        boolean opensTheMessage = found.start() == 0;
        boolean isKey = word.contains(".")
                ? keys.containsKey(word) || ProducerConfig.configNames().contains(word) || word.startsWith("extra.")
                : keys.containsKey(word) && opensTheMessage;
        return isKey ? ANY + word : word;
    }

    private static void put(Map<String, Object> keys, String key, @Nullable Object value) {
        if (value != null) {
            // As text: that is what each type of Kafka's reads.
            keys.put(key, value.toString());
        }
    }

    private static @Nullable String given(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
