package io.usageflow.forwarder.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.net.PlainTraffic;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/**
 * The admin server's address and who may read it. Immutable; {@link #toString} shows no token.
 *
 * @param host the address to listen on
 * @param port 0 takes a free one
 * @param token blank if there is none
 * @param tokenFile takes precedence over the token
 * @param tokens hashed ones, as {@link AdminToken#parse} reads them
 * @param tokensFile more of them, one a line
 * @param allowedHosts further names that requests may use; addresses, this machine's names and {@code host} always may
 * @param metricsOpen whether {@code /metrics} needs no token
 * @param payloadMask names of fields whose values pages hide; see {@link io.usageflow.forwarder.json.PayloadMask}
 * @param pageMaxAge how old an answer of {@code /metrics} and of the stages' pages may be
 * @param prometheus what is asked which alerts fire; without a slash at its end
 */
public record AdminSettings(
        String host,
        int port,
        Password token,
        Optional<Path> tokenFile,
        List<String> tokens,
        Optional<Path> tokensFile,
        List<String> allowedHosts,
        boolean metricsOpen,
        List<String> payloadMask,
        Duration pageMaxAge,
        Optional<URI> prometheus) {
    public static final String HOST = "admin.host";
    public static final String PORT = "admin.port";
    public static final String TOKEN = "admin.token";
    public static final String TOKEN_FILE = "admin.token.file";
    public static final String TOKENS = "admin.tokens";
    public static final String TOKENS_FILE = "admin.tokens.file";
    public static final String ALLOWED_HOSTS = "admin.allowed.hosts";
    public static final String METRICS_OPEN = "admin.metrics.open";
    public static final String PAYLOAD_MASK = "admin.payload.mask";
    public static final String PAGE_MAX_AGE = "admin.page.max.age";
    public static final String PROMETHEUS_URL = "admin.prometheus.url";

    private static final int TOKEN_CHARS_MIN = 16;
    private static final int FILE_BYTES_MAX = 64 * 1024;
    private static final Password NO_TOKEN = new Password("");
    private static final String PAGE_MAX_AGE_PRESET = "5s";

    public AdminSettings {
        tokens = List.copyOf(tokens);
        allowedHosts = List.copyOf(allowedHosts);
        payloadMask = List.copyOf(payloadMask);
    }

    /** Without a token, and with the other defaults. */
    public AdminSettings(String host, int port) {
        this(
                host,
                port,
                NO_TOKEN,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of(),
                false,
                List.of(),
                DurationText.parse(PAGE_MAX_AGE, PAGE_MAX_AGE_PRESET),
                Optional.empty());
    }

    static void define(ConfigDef def) {
        KeyGroup.of(def, "Admin server")
                .number(PORT, 8080, 0, 65_535)
                .doc("Port of /health/live, /health/ready, /metrics, /admission/parked, /delivery/funds, the"
                        + " console and the JSON API; 0 takes a free one and prints it.")
                .text(HOST, "127.0.0.1", new ConfigDef.NonEmptyString())
                .doc("Address the admin server listens on; 0.0.0.0 opens it to the network, as"
                        + " containers need, and requires a token.")
                .list(TOKENS)
                .doc("Who may use the admin port: ROLE:NAME:SHA256, where ROLE is reader or operator, NAME is for the"
                        + " log, and SHA256 is the hexadecimal hash of the token, so that no configuration holds the"
                        + " token. If there is a token, all paths but /health/ require one. Read at the start.")
                .text(TOKENS_FILE)
                .doc("File with more of " + TOKENS + ", one a line; empty lines and lines that begin with # do not"
                        + " count.")
                .text(TOKEN_FILE)
                .doc("File that holds nothing but a token, at least " + TOKEN_CHARS_MIN
                        + " characters, such as a mounted secret: the one that this machine's commands send. A"
                        + " forwarder takes it as an operator's. Read at the start.")
                .secret(TOKEN)
                .doc("The token itself, if there is no " + TOKEN_FILE + ".")
                .list(ALLOWED_HOSTS)
                .doc("Names by which the admin server may be asked, such as that of a Kubernetes service."
                        + " Addresses, localhost and " + HOST
                        + " always may; others are refused, since a web page can point a name of its own here.")
                .flag(METRICS_OPEN, false)
                .doc("true: /metrics needs no token. It holds counts and topic names, no customer.")
                .list(PAYLOAD_MASK)
                .doc("Names of fields whose values the console and the JSON API hide in events, at any depth and in any"
                        + " case, such as email, *name*; * stands for any characters. An operator may see them with a"
                        + " reason, which is logged. Empty: nothing is hidden.")
                .duration(PAGE_MAX_AGE, PAGE_MAX_AGE_PRESET, "0ms", "1m")
                .doc("How old an answer of /metrics, /admission/parked, /delivery/funds, the console and the JSON API"
                        + " may be, so that many readers cost as much as one. Health is never cached.")
                .text(PROMETHEUS_URL)
                .doc("Address of the Prometheus that evaluates the alert rules, such as http://prometheus:9090: the"
                        + " console asks it which alerts fire. Empty: the console says that it does not know.");
    }

    static AdminSettings from(AbstractConfig config) {
        return new AdminSettings(
                config.getString(HOST),
                config.getInt(PORT),
                config.getPassword(TOKEN),
                KeyGroup.path(config, TOKEN_FILE),
                config.getList(TOKENS),
                KeyGroup.path(config, TOKENS_FILE),
                config.getList(ALLOWED_HOSTS),
                config.getBoolean(METRICS_OPEN),
                config.getList(PAYLOAD_MASK),
                KeyGroup.duration(config, PAGE_MAX_AGE),
                KeyGroup.text(config, PROMETHEUS_URL).map(AdminSettings::prometheus));
    }

    /** The text is not repeated, since it may hold a password. */
    private static URI prometheus(String text) {
        URI url;
        try {
            url = new URI(text.replaceAll("/+$", ""));
        } catch (URISyntaxException malformed) {
            throw noAddress();
        }
        if (!List.of("http", "https").contains(String.valueOf(url.getScheme()))
                || url.getHost() == null
                || url.getUserInfo() != null
                || url.getQuery() != null
                || url.getFragment() != null) {
            throw noAddress();
        }
        return url;
    }

    private static ConfigException noAddress() {
        return new ConfigException(PROMETHEUS_URL
                + " must be a plain address such as http://prometheus:9090, without user, query or fragment");
    }

    /**
     * What this machine's commands send; empty where there is none. Reads the file.
     *
     * @throws SettingsException where the file cannot be read, or what it holds is no token
     */
    public Optional<String> accessToken() {
        String key = tokenFile.isPresent() ? TOKEN_FILE : TOKEN;
        String given = tokenFile
                .map(file -> read(TOKEN_FILE, file))
                .orElseGet(token::value)
                .strip();
        if (given.isEmpty() && tokenFile.isEmpty()) {
            return Optional.empty();
        }
        if (given.length() < TOKEN_CHARS_MIN || !given.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw refused(key + " holds " + given.length() + " characters: use at least " + TOKEN_CHARS_MIN
                    + " of printable ASCII without blanks, such as 'openssl rand -hex 32' makes");
        }
        return Optional.of(given);
    }

    /**
     * The tokens that a forwarder accepts, the one in clear as an operator's. Reads the files. If it is empty,
     * everybody who reaches the port may use it.
     *
     * @throws SettingsException where a file cannot be read, or an entry is wrong; or where other machines can reach
     *     the server and no token keeps them out
     */
    public List<AdminToken> acceptedTokens() {
        List<AdminToken> accepted = new ArrayList<>();
        accessToken().ifPresent(clear -> accepted.add(AdminToken.operator(AdminToken.IN_CLEAR, clear)));
        tokens.forEach(entry -> accepted.add(parse(TOKENS, entry)));
        tokensFile.ifPresent(file -> read(TOKENS_FILE, file)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .forEach(line -> accepted.add(parse(TOKENS_FILE, line))));
        if (accepted.isEmpty() && !PlainTraffic.isThisMachine(host)) {
            throw refused(
                    HOST + " is " + host + ", which other machines can reach, and there is no token: set " + TOKENS
                            + " (docs/admin.md shows how to make one), or " + TOKEN_FILE
                            + " to a file that holds one, or listen on 127.0.0.1");
        }
        return List.copyOf(accepted);
    }

    /**
     * Checks what only a running forwarder needs.
     *
     * @throws SettingsException as {@link #acceptedTokens}
     */
    public void requireToken() {
        acceptedTokens();
    }

    private static AdminToken parse(String key, String entry) {
        return AdminToken.parse(entry)
                .orElseThrow(() -> refused(key + " has an entry that is not ROLE:NAME:SHA256, such as"
                        + " operator:alice:9f86...0a08 with 64 hexadecimal digits: printf %s \"$TOKEN\" | sha256sum"
                        + " makes them"));
    }

    private static String read(String key, Path file) {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(FILE_BYTES_MAX), UTF_8);
        } catch (IOException unreadable) {
            throw refused(key + " is " + file + ", which cannot be read ("
                    + unreadable.getClass().getSimpleName() + "): check the path and its permissions");
        }
    }

    private static SettingsException refused(String problem) {
        return new SettingsException(List.of(problem));
    }
}
