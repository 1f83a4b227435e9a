package io.usageflow.forwarder.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * How to reach the schema registry. Immutable; {@link #toString} names keys only, since values may be secrets.
 *
 * @param url base addresses, comma separated; {@code mock://scope} is in memory, for tests
 * @param serde the complete configuration of a serializer or deserializer, the url included
 */
public record RegistrySettings(String url, Map<String, String> serde) {
    public static final String URL = "schema.registry.url";
    public static final String PLAIN_HTTP_HOSTS =
            io.usageflow.schema.registry.http.RegistryClientSettings.PLAIN_HTTP_HOSTS;
    public static final String PREFIX = "registry.";

    public RegistrySettings {
        serde = Map.copyOf(serde);
    }

    static void define(ConfigDef def) {
        KeyGroup.of(def, "Schema registry")
                .text(URL, "http://127.0.0.1:8081", new ConfigDef.NonEmptyString())
                .doc("Base addresses of a schema registry that speaks Confluent's REST API, comma separated. Keys"
                        + " with the prefix registry. go to the serializers and their registry client without it, such"
                        + " as registry.basic.auth.user.info or registry.auto.register.schemas.")
                .list(PLAIN_HTTP_HOSTS)
                .doc("Host names to which the registry's credentials may go over plain http although they are not"
                        + " this machine: for a private container network only.");
    }

    static RegistrySettings from(AbstractConfig config, Map<String, String> passedThrough) {
        String url = config.getString(URL);
        var serde = new HashMap<>(KafkaSettings.under(PREFIX, passedThrough));
        serde.put(URL, url);
        List<String> plainHttpHosts = config.getList(PLAIN_HTTP_HOSTS);
        if (!plainHttpHosts.isEmpty()) {
            serde.put(PLAIN_HTTP_HOSTS, String.join(",", plainHttpHosts));
        }
        return new RegistrySettings(url, serde);
    }

    @Override
    public String toString() {
        return "RegistrySettings[" + new TreeSet<>(serde.keySet()) + "]";
    }
}
