package io.usageflow.forwarder.config;

import io.usageflow.forwarder.config.ConfigSources.Given;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.streams.StreamsConfig;

/**
 * A setting as the process runs with it, without secrets. Immutable.
 *
 * @param value absent if it is hidden
 * @param origin where it was set, or {@value #PRESET}
 * @param hidden whether it is a secret, or a value of which that is not known
 */
public record EffectiveSetting(String key, Optional<String> value, String origin, boolean hidden) {
    public static final String PRESET = "default";

    /** What consumers, producers and thread groups of Kafka Streams are told apart by. */
    private static final String CLIENT_PREFIX =
            "^(main\\.consumer\\.|restore\\.consumer\\.|global\\.consumer\\.|consumer\\.|producer\\.|admin\\.)";

    /** An address with a user, which may be a token; anywhere, since a value may list several. */
    private static final Pattern CREDENTIALS = Pattern.compile("://[^/\\s,]*@");

    /** All keys that exist, and those that were passed on, in alphabetical order. */
    static List<EffectiveSetting> of(
            ConfigDef def, Map<String, Given> given, Map<String, String> known, Map<String, String> passedThrough) {
        var settings = new ArrayList<EffectiveSetting>();
        for (ConfigKey defined : def.configKeys().values()) {
            String key = defined.name;
            String value = known.getOrDefault(key, preset(defined));
            boolean hidden = !value.isEmpty() && (key.equals(AdminSettings.TOKENS) || isSecret(def, key, value));
            settings.add(setting(key, value, origin(given, key), hidden));
        }
        passedThrough.forEach((key, value) ->
                settings.add(setting(key, value, origin(given, key), !isOpen(key) || isSecret(def, key, value))));
        settings.sort(Comparator.comparing(EffectiveSetting::key));
        return List.copyOf(settings);
    }

    /** Whether it was set, and is not what it would be anyway. */
    public boolean isGiven() {
        return !origin.equals(PRESET);
    }

    private static boolean isSecret(ConfigDef def, String key, String value) {
        return ConfigSources.isSecret(def, key, value)
                || CREDENTIALS.matcher(value).find();
    }

    private static EffectiveSetting setting(String key, String value, String origin, boolean hidden) {
        return new EffectiveSetting(key, hidden ? Optional.empty() : Optional.of(value), origin, hidden);
    }

    private static String origin(Map<String, Given> given, String key) {
        return Optional.ofNullable(given.get(key)).map(Given::origin).orElse(PRESET);
    }

    private static String preset(ConfigKey key) {
        if (key.defaultValue instanceof Password secret) {
            return secret.value();
        }
        return key.defaultValue instanceof Collection<?> list
                ? list.stream().map(Object::toString).collect(Collectors.joining(","))
                : String.valueOf(key.defaultValue);
    }

    /** Only what Kafka itself defines, and not as a password: nothing else is known of a key that is passed on. */
    private static boolean isOpen(String key) {
        if (key.startsWith(RegistrySettings.PREFIX)) {
            return false;
        }
        String name = key.substring(key.indexOf('.') + 1).replaceFirst(CLIENT_PREFIX, "");
        List<ConfigKey> defined = Stream.of(
                        ConsumerConfig.configDef(),
                        ProducerConfig.configDef(),
                        AdminClientConfig.configDef(),
                        StreamsConfig.configDef())
                .flatMap(each -> Stream.ofNullable(each.configKeys().get(name)))
                .toList();
        return !defined.isEmpty() && defined.stream().noneMatch(each -> each.type == ConfigDef.Type.PASSWORD);
    }
}
