package io.usageflow.producer.internal.settings;

import io.usageflow.producer.PublisherConfig;
import io.usageflow.schema.registry.http.RegistryClientSettings;
import io.usageflow.schema.registry.http.RegistryCredentials;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.serde.AvroSerializer;
import io.usageflow.schema.text.Suggestion;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;

/** Assigns each key to Kafka's producer, the serializer or the publisher, and refuses fixed and unknown keys. Pure. */
final class SettingKeys {
    /** Prefix for plug-ins' keys: passed to the Kafka client and the serializer without the prefix. */
    static final String EXTRA = "extra.";

    /** Kafka's keys that have a fixed value, with the reason. */
    private static final Map<String, String> FIXED = Map.ofEntries(
            Map.entry(ProducerConfig.ACKS_CONFIG, "durable means acknowledged by all in-sync replicas"),
            Map.entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "an event must not be written twice by a retry"),
            Map.entry(
                    ProducerConfig.RETRIES_CONFIG,
                    "events are retried until " + ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG + ": set that"),
            Map.entry(
                    ProducerConfig.MAX_BLOCK_MS_CONFIG,
                    "how long a caller may wait is " + PublisherConfig.MAX_BLOCK_MS + ": set that"),
            Map.entry(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, "keys are accounts in UTF-8"),
            Map.entry(
                    ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                    "values are Avro: name another Avro serializer with " + AvroSerdes.SERIALIZER_CLASS),
            Map.entry(
                    ProducerConfig.PARTITIONER_CLASS_CONFIG,
                    "an account's events and link must be in the partition that the forwarder expects"),
            Map.entry(
                    ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG,
                    "an account's events and link must be in the partition that the forwarder expects"),
            Map.entry(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "each event is durable by itself, without transactions"),
            Map.entry(
                    ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                    "each event is durable by itself, without transactions"));

    private static final Set<String> SERIALIZER = Set.of(
            RegistryClientSettings.URL,
            RegistryClientSettings.PLAIN_HTTP_HOSTS,
            RegistryClientSettings.CONNECT_TIMEOUT_MS,
            RegistryClientSettings.READ_TIMEOUT_MS,
            RegistryClientSettings.MAX_RETRIES,
            RegistryClientSettings.RETRIES_WAIT_MS,
            RegistryClientSettings.RETRIES_MAX_WAIT_MS,
            RegistryCredentials.SOURCE,
            RegistryCredentials.USER_INFO,
            RegistryCredentials.BEARER_TOKEN,
            AvroSerdes.SERIALIZER_CLASS,
            AvroSerializer.AUTO_REGISTER);

    private static final Set<String> OURS = PublisherConfig.configDef().names();

    private SettingKeys() {}

    static void check(Map<String, ?> given) {
        for (String key : given.keySet()) {
            if (given.get(key) == null) {
                throw new ConfigException(key + " is null: give a value, or leave it out");
            }
            if (FIXED.containsKey(key)) {
                throw new ConfigException(key + " cannot be set: " + FIXED.get(key) + "; leave it out");
            }
            if (!key.startsWith(EXTRA) && !isOfKafka(key) && !isOfSerializer(key) && !OURS.contains(key)) {
                throw new ConfigException(
                        key + " is not a setting of the publisher, of Kafka's producer or of the schema" + " registry: "
                                + remedy(key));
            }
        }
    }

    static Map<String, Object> ofKafka(Map<String, ?> given) {
        Map<String, Object> kafka = extra(given);
        given.forEach((key, value) -> {
            if (isOfKafka(key)) {
                kafka.put(key, value);
            }
        });
        return kafka;
    }

    static Map<String, Object> ofSerializer(Map<String, ?> given) {
        Map<String, Object> serde = extra(given);
        given.forEach((key, value) -> {
            if (isOfSerializer(key)) {
                serde.put(key, value);
            }
        });
        return serde;
    }

    private static Map<String, Object> extra(Map<String, ?> given) {
        Map<String, Object> extra = new HashMap<>();
        given.forEach((key, value) -> {
            if (key.startsWith(EXTRA)) {
                extra.put(key.substring(EXTRA.length()), value);
            }
        });
        // The prefix does not override fixed keys.
        FIXED.keySet().forEach(key -> {
            if (extra.containsKey(key)) {
                throw new ConfigException(EXTRA + key + " cannot be set: " + FIXED.get(key) + "; leave it out");
            }
        });
        return extra;
    }

    private static boolean isOfKafka(String key) {
        return ProducerConfig.configNames().contains(key) || key.startsWith("config.providers.");
    }

    private static boolean isOfSerializer(String key) {
        return SERIALIZER.contains(key) || key.startsWith("schema.registry.ssl.");
    }

    private static String remedy(String key) {
        Set<String> known = new TreeSet<>(ProducerConfig.configNames());
        known.addAll(SERIALIZER);
        known.addAll(OURS);
        known.removeAll(FIXED.keySet());
        String plugIn = "for a plug-in's own key write " + EXTRA + key;
        return Suggestion.of(key, known)
                .map(nearest -> "did you mean " + nearest + "? Otherwise remove it, or " + plugIn)
                .orElse("remove it, or " + plugIn);
    }
}
