package io.usageflow.forwarder.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * How to reach Credyt. Immutable; cannot exist invalid.
 *
 * @param url base address without a path of its own; https, or http to this machine or a host of {@code plainHttpHosts}
 * @param apiKey never in a log, a metric or a dead letter: {@link Password} hides it
 * @param connectTimeout to a connection, TLS included
 * @param responseTimeout from sending a request to the end of its answer
 */
public record CredytSettings(URI url, Password apiKey, Duration connectTimeout, Duration responseTimeout) {
    public static final String URL = "credyt.url";
    public static final String API_KEY = "credyt.api.key";
    public static final String PLAIN_HTTP_HOSTS = "credyt.plain.http.hosts";
    public static final String CONNECT_TIMEOUT = "delivery.connect.timeout";
    public static final String RESPONSE_TIMEOUT = "delivery.response.timeout";

    private static final String GROUP = "Credyt";

    /** Adds the keys. */
    public static ConfigDef define(ConfigDef def) {
        add(
                def,
                URL,
                ConfigDef.Type.STRING,
                "https://api.credyt.ai",
                new ConfigDef.NonEmptyString(),
                "Base address of Credyt. Must be https, or http to this machine: the key never travels in the clear.");
        add(
                def,
                API_KEY,
                ConfigDef.Type.PASSWORD,
                "",
                null,
                "Credyt's API key, which also selects test or live mode. Better ${file:...} or ${env:...} than the key"
                        + " itself.");
        add(
                def,
                PLAIN_HTTP_HOSTS,
                ConfigDef.Type.LIST,
                List.of(),
                null,
                "Host names to which the key may go over plain http although they are not this machine: for a sandbox"
                        + " in a private container network, never for Credyt.");
        duration(def, CONNECT_TIMEOUT, "5s", "10ms", "5m", "Time to a connection, TLS included.");
        duration(
                def,
                RESPONSE_TIMEOUT,
                "30s",
                "10ms",
                "10m",
                "Time from sending a request to the end of its answer; after it the same events are sent again.");
        return def;
    }

    /** @throws ConfigException where the key would travel in the clear */
    public static CredytSettings from(AbstractConfig config) {
        return new CredytSettings(
                url(config.getString(URL), Set.copyOf(config.getList(PLAIN_HTTP_HOSTS))),
                config.getPassword(API_KEY),
                DurationText.parse(CONNECT_TIMEOUT, config.getString(CONNECT_TIMEOUT)),
                DurationText.parse(RESPONSE_TIMEOUT, config.getString(RESPONSE_TIMEOUT)));
    }

    private static URI url(String text, Set<String> plainHttpHosts) {
        URI url;
        try {
            url = URI.create(text.strip().replaceAll("/+$", ""));
        } catch (IllegalArgumentException malformed) {
            throw new ConfigException(URL + " is '" + text + "', which is not a URL: " + malformed.getMessage());
        }
        String host = url.getHost();
        if (host == null || url.getUserInfo() != null || url.getQuery() != null || url.getFragment() != null) {
            throw new ConfigException(URL + " must be a plain address such as https://api.credyt.ai, without"
                    + " user, query or fragment");
        }
        boolean secure = "https".equalsIgnoreCase(url.getScheme());
        boolean clear = "http".equalsIgnoreCase(url.getScheme());
        if (!secure && !(clear && (isThisMachine(host) || plainHttpHosts.contains(host)))) {
            throw new ConfigException(URL + " is '" + text + "': use https, since the API key would travel in"
                    + " the clear; http is for this machine, or for a host named in " + PLAIN_HTTP_HOSTS);
        }
        return url;
    }

    /** By the text alone: what a name resolves to may change after the check. */
    private static boolean isThisMachine(String host) {
        return host.equalsIgnoreCase("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }

    private static void duration(ConfigDef def, String key, String preset, String min, String max, String doc) {
        add(
                def,
                key,
                ConfigDef.Type.STRING,
                preset,
                DurationText.between(DurationText.parse(key, min), DurationText.parse(key, max)),
                doc);
    }

    private static void add(
            ConfigDef def,
            String key,
            ConfigDef.Type type,
            Object preset,
            ConfigDef.@Nullable Validator check,
            String doc) {
        var importance = key.equals(URL) || key.equals(API_KEY) ? HIGH : LOW;
        int order = def.names().size();
        def.define(key, type, preset, check, importance, doc, GROUP, order, ConfigDef.Width.LONG, key);
    }
}
