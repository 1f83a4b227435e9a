package io.usageflow.forwarder.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;

import io.usageflow.schema.net.PlainTraffic;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * How to reach Credyt. Immutable; cannot exist invalid.
 *
 * @param url base address; https, or http to this machine or a host of {@code credyt.plain.http.hosts}
 * @param trustStore beside or instead of the authorities that Java trusts
 * @param proxy never with an http address, since the key would pass it in the clear
 */
public record CredytSettings(
        URI url, ApiKey apiKey, Connecting connecting, Optional<TrustStore> trustStore, Optional<ProxySettings> proxy) {
    public static final String URL = "credyt.url";
    public static final String API_KEY = "credyt.api.key";
    public static final String API_KEY_FILE = "credyt.api.key.file";
    public static final String API_KEY_FILE_INTERVAL = "credyt.api.key.file.interval";
    public static final String PLAIN_HTTP_HOSTS = "credyt.plain.http.hosts";
    public static final String TRUST_STORE = "credyt.tls.truststore.path";
    public static final String TRUST_STORE_PASSWORD = "credyt.tls.truststore.password";
    public static final String TRUST_STORE_TYPE = "credyt.tls.truststore.type";
    public static final String TRUST_STORE_ADDED = "credyt.tls.truststore.added";
    public static final String PROXY = "credyt.proxy.url";
    public static final String CONNECT_TIMEOUT = "delivery.connect.timeout";
    public static final String RESPONSE_TIMEOUT = "delivery.response.timeout";
    public static final String CONNECTION_AGE_MAX = "delivery.connection.max.age";

    private static final String GROUP = "Credyt";
    private static final Password NO_PASSWORD = new Password("");

    /**
     * Where the key comes from; it is never in a log, a metric or a dead letter.
     *
     * @param text the key itself; blank where there is none
     * @param file beats the text, and is read again while it may rotate
     * @param interval between two looks into the file
     */
    public record ApiKey(Password text, Optional<Path> file, Duration interval) {
        public boolean isMissing() {
            return file.isEmpty() && text.value().isBlank();
        }
    }

    /**
     * Connections and their time limits.
     *
     * @param timeout to a connection, TLS included
     * @param responseTimeout from sending a request to the end of its answer
     * @param ageMax of a connection: a new one asks for the address again
     */
    public record Connecting(Duration timeout, Duration responseTimeout, Duration ageMax) {}

    /**
     * Certificate authorities to trust.
     *
     * @param type empty to tell by the content
     * @param added whether the authorities that Java trusts are trusted too
     */
    public record TrustStore(Path path, Password password, Optional<String> type, boolean added) {}

    /** Adds the keys. */
    public static ConfigDef define(ConfigDef def) {
        text(
                def,
                URL,
                "https://api.credyt.ai",
                new ConfigDef.NonEmptyString(),
                "Base address of Credyt. Must be https, or http to this machine: the key never travels in the clear.");
        secret(
                def,
                API_KEY,
                "Credyt's API key, which also selects test or live mode. Better ${file:...} or ${env:...} than the key"
                        + " itself; better still " + API_KEY_FILE + ".");
        text(
                def,
                API_KEY_FILE,
                "",
                null,
                "File that holds nothing but the API key, such as a mounted secret. Beats " + API_KEY + ", and is read"
                        + " again while the forwarder runs, so that a new key needs no restart.");
        duration(
                def,
                API_KEY_FILE_INTERVAL,
                "10s",
                "1ms",
                "1h",
                "Time between two looks into that file. After a 401 or 403 it is looked into at once.");
        add(
                def,
                PLAIN_HTTP_HOSTS,
                ConfigDef.Type.LIST,
                List.of(),
                null,
                "Host names to which the key may go over plain http although they are not this machine: for a sandbox"
                        + " in a private container network, never for Credyt.");
        defineTrust(def);
        secret(
                def,
                PROXY,
                "HTTP proxy on the way to Credyt, http://HOST:PORT or http://USER:PASSWORD@HOST:PORT with special"
                        + " characters percent-encoded. It only hands on what is encrypted (CONNECT), so it sees neither"
                        + " key nor events.");
        duration(def, CONNECT_TIMEOUT, "5s", "10ms", "5m", "Time to a connection, TLS included.");
        duration(
                def,
                RESPONSE_TIMEOUT,
                "30s",
                "10ms",
                "10m",
                "Time from sending a request to the end of its answer; after it the same events are sent again.");
        duration(
                def,
                CONNECTION_AGE_MAX,
                "5m",
                "1ms",
                "1d",
                "How long a connection is used before a new one takes its place, which finds Credyt's present address.");
        return def;
    }

    private static void defineTrust(ConfigDef def) {
        text(
                def,
                TRUST_STORE,
                "",
                null,
                "Certificates of the authorities that may vouch for Credyt or for a proxy that stands in for it: PEM,"
                        + " PKCS12 or JKS. Empty for those that Java trusts.");
        secret(def, TRUST_STORE_PASSWORD, "Password of the trust store; PEM has none.");
        text(
                def,
                TRUST_STORE_TYPE,
                "auto",
                ConfigDef.CaseInsensitiveValidString.in("auto", "PEM", "PKCS12", "JKS"),
                "auto tells by the content.");
        add(
                def,
                TRUST_STORE_ADDED,
                ConfigDef.Type.BOOLEAN,
                false,
                null,
                "true: trust these beside the authorities that Java trusts. false: trust these alone.");
    }

    /**
     * Reads the settings of Credyt.
     *
     * @throws ConfigException where the key would travel in the clear, or a value is none
     */
    public static CredytSettings from(AbstractConfig config) {
        URI url = url(config.getString(URL), Set.copyOf(config.getList(PLAIN_HTTP_HOSTS)));
        Optional<ProxySettings> proxy = given(config.getPassword(PROXY).value()).map(ProxySettings::parse);
        if (proxy.isPresent() && !isSecure(url)) {
            throw new ConfigException(PROXY + " is given, but " + URL + " is http: the API key would pass the proxy in"
                    + " the clear; use https, or no proxy");
        }
        return new CredytSettings(
                url,
                new ApiKey(
                        config.getPassword(API_KEY),
                        given(config.getString(API_KEY_FILE)).map(Path::of),
                        DurationText.parse(API_KEY_FILE_INTERVAL, config.getString(API_KEY_FILE_INTERVAL))),
                new Connecting(
                        DurationText.parse(CONNECT_TIMEOUT, config.getString(CONNECT_TIMEOUT)),
                        DurationText.parse(RESPONSE_TIMEOUT, config.getString(RESPONSE_TIMEOUT)),
                        DurationText.parse(CONNECTION_AGE_MAX, config.getString(CONNECTION_AGE_MAX))),
                given(config.getString(TRUST_STORE))
                        .map(path -> new TrustStore(
                                Path.of(path),
                                config.getPassword(TRUST_STORE_PASSWORD),
                                Optional.of(config.getString(TRUST_STORE_TYPE).toUpperCase(Locale.ROOT))
                                        .filter(type -> !type.equals("AUTO")),
                                config.getBoolean(TRUST_STORE_ADDED))),
                proxy);
    }

    private static Optional<String> given(String text) {
        return Optional.of(text.strip()).filter(value -> !value.isEmpty());
    }

    private static URI url(String text, Set<String> plainHttpHosts) {
        URI url;
        try {
            url = URI.create(text.strip().replaceAll("/+$", ""));
        } catch (IllegalArgumentException malformed) {
            throw new ConfigException(
                    URL + " is '" + PlainTraffic.withoutUserInfo(text) + "', which is not a URL: write https://HOST");
        }
        String host = url.getHost();
        if (host == null || url.getUserInfo() != null || url.getQuery() != null || url.getFragment() != null) {
            throw new ConfigException(URL + " must be a plain address such as https://api.credyt.ai, without"
                    + " user, query or fragment");
        }
        boolean clear = "http".equalsIgnoreCase(url.getScheme());
        if (!isSecure(url) && !(clear && PlainTraffic.isAllowed(host, plainHttpHosts))) {
            throw new ConfigException(URL + " is '" + text + "': use https, since the API key would travel in"
                    + " the clear; http is for this machine, or for a host named in " + PLAIN_HTTP_HOSTS);
        }
        return url;
    }

    private static boolean isSecure(URI url) {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    private static void text(
            ConfigDef def, String key, String preset, ConfigDef.@Nullable Validator check, String doc) {
        add(def, key, ConfigDef.Type.STRING, preset, check, doc);
    }

    private static void secret(ConfigDef def, String key, String doc) {
        add(def, key, ConfigDef.Type.PASSWORD, NO_PASSWORD, null, doc);
    }

    private static void duration(ConfigDef def, String key, String preset, String min, String max, String doc) {
        text(def, key, preset, DurationText.between(DurationText.parse(key, min), DurationText.parse(key, max)), doc);
    }

    private static void add(
            ConfigDef def,
            String key,
            ConfigDef.Type type,
            Object preset,
            ConfigDef.@Nullable Validator check,
            String doc) {
        var importance = key.equals(URL) || key.equals(API_KEY) || key.equals(API_KEY_FILE) ? HIGH : LOW;
        int order = def.names().size();
        def.define(key, type, preset, check, importance, doc, GROUP, order, ConfigDef.Width.LONG, key);
    }
}
