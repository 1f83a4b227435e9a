package io.usageflow.schema.registry.http;

import io.usageflow.schema.net.PlainTraffic;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How to reach a schema registry, read from Confluent's key names. Immutable; cannot exist invalid; its text shows no
 * secret.
 *
 * @param addresses at least one, tried in this order; without user info, query or trailing slash
 * @param credentials sent with each request
 * @param tls trust and key stores; the JVM's own where empty
 * @param connectTimeout of one attempt at one address
 * @param requestTimeout of one attempt at one address, the reading of the body included
 * @param retry when all addresses have failed
 */
public record RegistryClientSettings(
        List<URI> addresses,
        RegistryCredentials credentials,
        Optional<RegistryTls> tls,
        Duration connectTimeout,
        Duration requestTimeout,
        RetryPolicy retry) {

    /** Comma list of {@code http(s)://} addresses, or one {@code mock://scope}. */
    public static final String URL = "schema.registry.url";

    /** Comma list of host names to which credentials may go over plain http although they are not this machine. */
    public static final String PLAIN_HTTP_HOSTS = "schema.registry.plain.http.hosts";

    /** Milliseconds; default 5,000. */
    public static final String CONNECT_TIMEOUT_MS = "http.connect.timeout.ms";

    /** Milliseconds; default 10,000. */
    public static final String READ_TIMEOUT_MS = "http.read.timeout.ms";

    /** Default 3, at most 100. */
    public static final String MAX_RETRIES = "max.retries";

    /** Milliseconds before the first retry, at most; default 200. Doubles with each retry. */
    public static final String RETRIES_WAIT_MS = "retries.wait.ms";

    /** Milliseconds before any retry, at most; default 5,000. */
    public static final String RETRIES_MAX_WAIT_MS = "retries.max.wait.ms";

    public RegistryClientSettings {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a registry needs at least one address");
        }
    }

    /**
     * Reads the settings; keys that are not the registry's are left alone.
     *
     * @throws org.apache.kafka.common.config.ConfigException naming the key and the remedy
     */
    public static RegistryClientSettings from(Map<String, ?> config) {
        List<URI> given = addresses(config);
        RegistryCredentials credentials = RegistryCredentials.from(config, given.get(0));
        if (credentials.header().isPresent()) {
            given.forEach(address -> requireEncrypted(address, ConfigValues.list(config, PLAIN_HTTP_HOSTS)));
        }
        return new RegistryClientSettings(
                given.stream().map(RegistryClientSettings::withoutUserInfo).toList(),
                credentials,
                RegistryTls.from(config),
                millis(config, CONNECT_TIMEOUT_MS, 5_000),
                millis(config, READ_TIMEOUT_MS, 10_000),
                new RetryPolicy(
                        (int) ConfigValues.number(config, MAX_RETRIES, 3, 0, 100),
                        millis(config, RETRIES_WAIT_MS, 200),
                        millis(config, RETRIES_MAX_WAIT_MS, 5_000)));
    }

    private static Duration millis(Map<String, ?> config, String key, long otherwise) {
        return Duration.ofMillis(ConfigValues.number(config, key, otherwise, 1, 3_600_000));
    }

    private static List<URI> addresses(Map<String, ?> config) {
        List<URI> addresses = new ArrayList<>();
        for (String text : ConfigValues.list(config, URL)) {
            addresses.add(address(text));
        }
        if (addresses.isEmpty()) {
            throw ConfigValues.invalid(
                    URL, "is missing: give the registry's address, such as http://localhost:8081 or mock://scope");
        }
        return addresses;
    }

    private static URI address(String text) {
        try {
            URI uri = new URI(text);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (http && uri.getHost() != null && uri.getQuery() == null && uri.getFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Its message would repeat the text, which may hold a password: the answer below is all one needs.
            return refuse();
        }
        return refuse();
    }

    private static void requireEncrypted(URI address, List<String> plainHttpHosts) {
        if ("http".equalsIgnoreCase(address.getScheme())
                && !PlainTraffic.isAllowed(address.getHost(), plainHttpHosts)) {
            throw ConfigValues.invalid(
                    URL,
                    "holds http://" + address.getHost()
                            + ", where the registry's credentials would travel in the clear:"
                            + " use https; http is for this machine, or for a host named in " + PLAIN_HTTP_HOSTS);
        }
    }

    private static URI refuse() {
        throw ConfigValues.invalid(
                URL,
                "holds an address that is none: write http://host:port or https://host:port, with a path if need be");
    }

    private static URI withoutUserInfo(URI uri) {
        String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return URI.create(uri.getScheme() + "://" + uri.getHost() + port + path);
    }

    /**
     * Number and delay of retries: exponential, with full jitter. Immutable and pure.
     *
     * @param retries after the first attempt, from 0
     * @param firstWait the longest wait before the first retry; doubles with each further one
     * @param longestWait bound of every wait
     */
    public record RetryPolicy(int retries, Duration firstWait, Duration longestWait) {
        public RetryPolicy {
            if (retries < 0 || firstWait.isNegative() || longestWait.isNegative()) {
                throw new IllegalArgumentException(
                        "retries and waits must not be negative: " + retries + ", " + firstWait + ", " + longestWait);
            }
        }

        /**
         * The wait before a retry.
         *
         * @param retry counts from 1
         */
        public Duration waitBefore(int retry, RandomGenerator random) {
            double ceiling = Math.min((double) longestWait.toMillis(), firstWait.toMillis() * Math.pow(2, retry - 1));
            return Duration.ofMillis(Math.round(random.nextDouble() * ceiling));
        }
    }
}
