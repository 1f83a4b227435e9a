package io.usageflow.forwarder.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.net.PlainTraffic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;

/**
 * The admin server's address and who may read it. Immutable; {@link #toString} shows no token.
 *
 * @param host the address to listen on
 * @param port 0 takes a free one
 * @param token blank if there is none
 * @param tokenFile takes precedence over the token
 * @param allowedHosts further names that requests may use; addresses, this machine's names and {@code host} always may
 * @param metricsOpen whether {@code /metrics} needs no token
 * @param pageMaxAge how old an answer of {@code /metrics} and of the stages' pages may be
 */
public record AdminSettings(
        String host,
        int port,
        Password token,
        Optional<Path> tokenFile,
        List<String> allowedHosts,
        boolean metricsOpen,
        Duration pageMaxAge) {
    public static final String HOST = "admin.host";
    public static final String PORT = "admin.port";
    public static final String TOKEN = "admin.token";
    public static final String TOKEN_FILE = "admin.token.file";
    public static final String ALLOWED_HOSTS = "admin.allowed.hosts";
    public static final String METRICS_OPEN = "admin.metrics.open";
    public static final String PAGE_MAX_AGE = "admin.page.max.age";

    private static final int TOKEN_CHARS_MIN = 16;
    private static final int TOKEN_CHARS_MAX = 4_096;
    private static final Password NO_TOKEN = new Password("");
    private static final String PAGE_MAX_AGE_PRESET = "5s";

    public AdminSettings {
        allowedHosts = List.copyOf(allowedHosts);
    }

    /** Without a token, and with the other defaults. */
    public AdminSettings(String host, int port) {
        this(
                host,
                port,
                NO_TOKEN,
                Optional.empty(),
                List.of(),
                false,
                DurationText.parse(PAGE_MAX_AGE, PAGE_MAX_AGE_PRESET));
    }

    static void define(ConfigDef def) {
        KeyGroup.of(def, "Admin server")
                .number(PORT, 8080, 0, 65_535)
                .doc("Port of /health/live, /health/ready, /metrics, /admission/parked and /delivery/funds; 0 takes a"
                        + " free one and prints it.")
                .text(HOST, "127.0.0.1", new ConfigDef.NonEmptyString())
                .doc("Address the admin server listens on; 0.0.0.0 opens it to the network, as"
                        + " containers need, and requires a token.")
                .text(TOKEN_FILE)
                .doc("File that holds nothing but the token, at least " + TOKEN_CHARS_MIN
                        + " characters, such as a mounted secret. If there is a token, all"
                        + " paths but /health/ require 'Authorization: Bearer TOKEN'. Read at the start.")
                .secret(TOKEN)
                .doc("The token itself, if there is no " + TOKEN_FILE + ".")
                .list(ALLOWED_HOSTS)
                .doc("Names by which the admin server may be asked, such as that of a Kubernetes service."
                        + " Addresses, localhost and " + HOST
                        + " always may; others are refused, since a web page can point a name of its own here.")
                .flag(METRICS_OPEN, false)
                .doc("true: /metrics needs no token. It holds counts and topic names, no customer.")
                .duration(PAGE_MAX_AGE, PAGE_MAX_AGE_PRESET, "0ms", "1m")
                .doc("How old an answer of /metrics, /admission/parked and /delivery/funds may be, so that many"
                        + " readers cost as much as one. Health is never cached.");
    }

    static AdminSettings from(AbstractConfig config) {
        return new AdminSettings(
                config.getString(HOST),
                config.getInt(PORT),
                config.getPassword(TOKEN),
                KeyGroup.path(config, TOKEN_FILE),
                config.getList(ALLOWED_HOSTS),
                config.getBoolean(METRICS_OPEN),
                KeyGroup.duration(config, PAGE_MAX_AGE));
    }

    /**
     * What a caller has to send; empty where there is none. Reads the file.
     *
     * @throws SettingsException where the file cannot be read, or what it holds is no token
     */
    public Optional<String> accessToken() {
        String key = tokenFile.isPresent() ? TOKEN_FILE : TOKEN;
        String given =
                tokenFile.map(AdminSettings::read).orElseGet(token::value).strip();
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
     * Checks what only a running forwarder needs.
     *
     * @throws SettingsException where others can reach the server and no token keeps them out
     */
    public void requireToken() {
        if (accessToken().isEmpty() && !PlainTraffic.isThisMachine(host)) {
            throw refused(
                    HOST + " is " + host + ", which other machines can reach, and there is no token: set " + TOKEN_FILE
                            + " to a file that holds one, as 'openssl rand -hex 32' makes, or listen on 127.0.0.1");
        }
    }

    private static String read(Path file) {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(TOKEN_CHARS_MAX), UTF_8);
        } catch (IOException unreadable) {
            throw refused(TOKEN_FILE + " is " + file + ", which cannot be read ("
                    + unreadable.getClass().getSimpleName() + "): check the path and its permissions");
        }
    }

    private static SettingsException refused(String problem) {
        return new SettingsException(List.of(problem));
    }
}
