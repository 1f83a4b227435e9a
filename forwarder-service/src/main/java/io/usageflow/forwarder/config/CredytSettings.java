package io.usageflow.forwarder.config;

import io.usageflow.schema.net.PlainTraffic;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/**
 * How to reach Credyt. Immutable; always valid.
 *
 * @param url base address; https, or http to this machine or a host of {@code credyt.plain.http.hosts}
 * @param account the connected account of a platform, which every request names; printable ASCII
 * @param expectedMode the only mode of Credyt in which requests are sent
 * @param trustStore in addition to the authorities that Java trusts, or in their place
 * @param proxy never with an http address, since the key would pass through it unencrypted
 */
public record CredytSettings(
        URI url,
        ApiKey apiKey,
        Optional<String> account,
        Optional<Mode> expectedMode,
        Connecting connecting,
        Optional<TrustStore> trustStore,
        Optional<ProxySettings> proxy) {
    public static final String URL = "credyt.url";
    public static final String API_KEY = "credyt.api.key";
    public static final String API_KEY_FILE = "credyt.api.key.file";
    public static final String API_KEY_FILE_INTERVAL = "credyt.api.key.file.interval";
    public static final String ACCOUNT = "credyt.account";
    public static final String EXPECT_MODE = "credyt.expect.mode";
    public static final String PLAIN_HTTP_HOSTS = "credyt.plain.http.hosts";
    public static final String TRUST_STORE = "credyt.tls.truststore.path";
    public static final String TRUST_STORE_PASSWORD = "credyt.tls.truststore.password";
    public static final String TRUST_STORE_TYPE = "credyt.tls.truststore.type";
    public static final String TRUST_STORE_ADDED = "credyt.tls.truststore.added";
    public static final String PROXY = "credyt.proxy.url";
    public static final String CONNECT_TIMEOUT = "delivery.connect.timeout";
    public static final String RESPONSE_TIMEOUT = "delivery.response.timeout";
    public static final String CONNECTION_AGE_MAX = "delivery.connection.max.age";

    private static final String ANY_MODE = "any";

    /** Credyt's two modes; the API key selects one. */
    public enum Mode {
        TEST,
        LIVE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The source of the key. The key is never in a log, a metric or a dead letter.
     *
     * @param text the key itself; blank if there is none
     * @param file takes precedence over the text, and is read repeatedly, since the key may rotate
     * @param interval between two reads of the file
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
     * @param ageMax of a connection; a new one resolves the address again
     */
    public record Connecting(Duration timeout, Duration responseTimeout, Duration ageMax) {}

    /**
     * Certificate authorities to trust.
     *
     * @param type empty to detect it from the content
     * @param added whether the authorities that Java trusts are trusted too
     */
    public record TrustStore(Path path, Password password, Optional<String> type, boolean added) {}

    /** The same without an expected mode: to ask which one it is. */
    public CredytSettings inAnyMode() {
        return new CredytSettings(url, apiKey, account, Optional.empty(), connecting, trustStore, proxy);
    }

    /** Adds the keys. */
    public static ConfigDef define(ConfigDef def) {
        return KeyGroup.of(def, "Credyt")
                .text(URL, "https://api.credyt.ai", new ConfigDef.NonEmptyString())
                .doc("Base address of Credyt. Must be https, or http to this machine: the key never"
                        + " travels unencrypted.")
                .secret(API_KEY)
                .doc("Credyt's API key, which also selects test or live mode. Prefer ${file:...} or"
                        + " ${env:...} to the key itself, or better " + API_KEY_FILE + ".")
                .text(API_KEY_FILE)
                .doc("File that holds nothing but the API key, such as a mounted secret. Takes precedence over "
                        + API_KEY + ", and is read again while the forwarder runs, so that a new key needs no restart.")
                .duration(API_KEY_FILE_INTERVAL, "10s", "1ms", "1h")
                .doc("Time between two reads of that file. After a 401 or 403 it is read at once.")
                .text(ACCOUNT)
                .doc("For platforms: Credyt's id of the connected account, acc_..., in which requests act, except those"
                        + " about a customer whose link names another one. Customers, products and events of two"
                        + " accounts are separate. Empty for the account of the key.")
                .text(EXPECT_MODE, ANY_MODE, ConfigDef.CaseInsensitiveValidString.in(ANY_MODE, "test", "live"))
                .doc("test or live: nothing is sent while Credyt says that the API key is of the other mode, and the"
                        + " forwarder does not start. Credyt is asked once for each key (GET /accounts/self). If it"
                        + " does not say its mode, health and doctor say so, and the setting has no effect.")
                .list(PLAIN_HTTP_HOSTS)
                .doc("Host names to which the key may go over plain http although they are not this machine: for"
                        + " a sandbox in a private container network, never for Credyt.")
                .text(TRUST_STORE)
                .doc("Certificates of the authorities that may sign for Credyt, or for a proxy that"
                        + " terminates TLS: PEM, PKCS12 or JKS. Empty for those that Java trusts.")
                .secret(TRUST_STORE_PASSWORD)
                .doc("Password of the trust store; PEM has none.")
                .text(TRUST_STORE_TYPE, "auto", ConfigDef.CaseInsensitiveValidString.in("auto", "PEM", "PKCS12", "JKS"))
                .doc("auto detects it from the content.")
                .flag(TRUST_STORE_ADDED, false)
                .doc("true: trust these in addition to the authorities that Java trusts. false: trust these alone.")
                .secret(PROXY)
                .doc("HTTP proxy on the way to Credyt, http://HOST:PORT or http://USER:PASSWORD@HOST:PORT with"
                        + " special characters percent-encoded. It only forwards encrypted"
                        + " bytes (CONNECT), so it sees neither key nor events.")
                .duration(CONNECT_TIMEOUT, "5s", "10ms", "5m")
                .doc("Time to a connection, TLS included.")
                .duration(RESPONSE_TIMEOUT, "30s", "10ms", "10m")
                .doc("Time from sending a request to the end of its answer; after it the same events are sent"
                        + " again.")
                .duration(CONNECTION_AGE_MAX, "5m", "1ms", "1d")
                .doc("How long a connection is used before a new one replaces it, which resolves"
                        + " Credyt's address again.")
                .definition();
    }

    /**
     * Reads the settings of Credyt.
     *
     * @throws ConfigException if the key would travel unencrypted, or a value is invalid
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
                        KeyGroup.path(config, API_KEY_FILE),
                        KeyGroup.duration(config, API_KEY_FILE_INTERVAL)),
                account(config),
                Optional.of(config.getString(EXPECT_MODE).toUpperCase(Locale.ROOT))
                        .filter(mode -> !mode.equalsIgnoreCase(ANY_MODE))
                        .map(Mode::valueOf),
                new Connecting(
                        KeyGroup.duration(config, CONNECT_TIMEOUT),
                        KeyGroup.duration(config, RESPONSE_TIMEOUT),
                        KeyGroup.duration(config, CONNECTION_AGE_MAX)),
                KeyGroup.path(config, TRUST_STORE)
                        .map(path -> new TrustStore(
                                path,
                                config.getPassword(TRUST_STORE_PASSWORD),
                                Optional.of(config.getString(TRUST_STORE_TYPE).toUpperCase(Locale.ROOT))
                                        .filter(type -> !type.equals("AUTO")),
                                config.getBoolean(TRUST_STORE_ADDED))),
                proxy);
    }

    private static Optional<String> account(AbstractConfig config) {
        Optional<String> account = KeyGroup.text(config, ACCOUNT);
        if (account.isPresent() && !account.get().chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new ConfigException(ACCOUNT
                    + " has characters that are not valid in a header: write Credyt's id of the account, acc_...");
        }
        return account;
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

    /**
     * The proxy on the way to Credyt. Immutable; {@link #toString} shows no password.
     *
     * @param login empty for a proxy without authentication
     */
    public record ProxySettings(String host, int port, Optional<Login> login) {

        /** The credentials for the proxy. */
        public record Login(String user, Password password) {}

        /** @throws ConfigException that does not repeat the text, which may hold a password */
        static ProxySettings parse(String text) {
            URI url;
            try {
                url = new URI(text);
            } catch (URISyntaxException malformed) {
                // Neither the message nor the cause: both hold the text.
                throw invalid();
            }
            String host = url.getHost();
            String path = url.getRawPath(); // none where the text is no hierarchy, such as host:port
            boolean bare = path != null
                    && path.replace("/", "").isEmpty()
                    && url.getQuery() == null
                    && url.getFragment() == null;
            if (!"http".equalsIgnoreCase(url.getScheme()) || host == null || url.getPort() < 1 || !bare) {
                throw invalid();
            }
            return new ProxySettings(
                    host,
                    url.getPort(),
                    Optional.ofNullable(url.getRawUserInfo()).map(ProxySettings::login));
        }

        private static Login login(String userInfo) {
            int colon = userInfo.indexOf(':');
            if (colon < 1) {
                throw invalid();
            }
            return new Login(
                    decoded(userInfo.substring(0, colon)), new Password(decoded(userInfo.substring(colon + 1))));
        }

        private static String decoded(String part) {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        }

        private static ConfigException invalid() {
            return new ConfigException(
                    CredytSettings.PROXY + " must be http://HOST:PORT or http://USER:PASSWORD@HOST:PORT,"
                            + " with special characters of user and password percent-encoded; what is"
                            + " given is not repeated here,"
                            + " since it may hold a password");
        }
    }
}
