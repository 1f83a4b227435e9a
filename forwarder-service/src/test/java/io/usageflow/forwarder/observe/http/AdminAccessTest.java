package io.usageflow.forwarder.observe.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.AdminToken;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.config.SettingsException;
import io.usageflow.forwarder.testing.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Siblings: each method, each kind of name in Host, each page with and without a token, each way a token can be wrong. */
class AdminAccessTest {
    private static final String TOKEN = "0123456789abcdef";
    private static final AdminAccess.Paths PATHS =
            new AdminAccess.Paths(Set.of("/command"), Set.of("/change"), Set.of("/form"), Set.of("/open"));

    private static final String READER = "reader:grafana:%s";

    private static final String OPERATOR = "operator:alice:%s";

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "GET, 127.0.0.1, 0",
                "HEAD, localhost, 0",
                "GET, LOCALHOST, 0",
                "GET, [::1], 0",
                "GET, 10.1.2.3, 0",
                "GET, [fe80::1], 0",
                "GET, forwarder.prod.svc, 0",
                "GET, bound.example, 0",
                "GET, evil.example, 421",
                "GET, 127.0.0.1.evil.example, 421",
                "GET, localhost.evil.example, 421",
                "GET, localhost., 421",
                "GET, forwarder, 421",
                "GET, '', 421",
                "GET, none, 421",
                "POST, 127.0.0.1, 405",
                "PUT, 127.0.0.1, 405",
                "DELETE, 127.0.0.1, 405",
                "OPTIONS, 127.0.0.1, 405",
                "TRACE, 127.0.0.1, 405",
                "get, 127.0.0.1, 405",
            })
    void shouldAnswerToItsNamesAndReadersOnly(String method, String host, int status) {
        AdminSettings settings =
                settings(Map.of("admin.host", "bound.example", "admin.allowed.hosts", "forwarder.prod.svc, other"));

        assertThat(status(new AdminAccess(settings, List.of(), PATHS), method, "/metrics", host, null))
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "POST, /command, 127.0.0.1, Bearer " + TOKEN + ", application/json, 0",
                "GET, /command, 127.0.0.1, Bearer " + TOKEN + ", none, 0",
                "POST, /command, 127.0.0.1, none, application/json, 401",
                "POST, /command, evil.example, Bearer " + TOKEN + ", application/json, 421",
                "POST, /command, 127.0.0.1, Bearer " + TOKEN + ", none, 415",
                "POST, /command, 127.0.0.1, Bearer " + TOKEN + ", text/plain, 415",
                "POST, /command, 127.0.0.1, Bearer " + TOKEN + ", application/x-www-form-urlencoded, 415",
                "POST, /change, 127.0.0.1, Bearer " + TOKEN + ", application/x-www-form-urlencoded, 0",
                "POST, /change, 127.0.0.1, none, application/x-www-form-urlencoded, 401",
                "POST, /change, evil.example, Bearer " + TOKEN + ", application/x-www-form-urlencoded, 421",
                "POST, /change, 127.0.0.1, Bearer " + TOKEN + ", application/json, 415",
                "POST, /change, 127.0.0.1, Bearer " + TOKEN + ", multipart/form-data, 415",
                "POST, /change/, 127.0.0.1, Bearer " + TOKEN + ", application/x-www-form-urlencoded, 405",
                "POST, /metrics, 127.0.0.1, Bearer " + TOKEN + ", application/json, 405",
                "POST, /command/, 127.0.0.1, Bearer " + TOKEN + ", application/json, 405",
                "DELETE, /command, 127.0.0.1, Bearer " + TOKEN + ", application/json, 405",
            })
    void shouldTakeCommandsOfTheirPagesOnly(
            String method, String path, String host, String authorization, String type, int status) {
        var access = access(Map.of("admin.token", TOKEN));

        assertThat(status(access, method, path, host, authorization, type)).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "/health/live, false, false",
        "/health/ready, false, false",
        "/metrics, true, false",
        "/admission/parked, true, true",
        "/health/live/../../metrics, true, true",
        "/healthx, true, true",
        "/, true, true",
        "/METRICS, true, true",
    })
    void shouldAskForTheTokenForAllButHealth(String path, boolean closed, boolean closedWhereMetricsAreOpen) {
        var all = access(Map.of("admin.token", TOKEN));
        var open = access(Map.of("admin.token", TOKEN, "admin.metrics.open", "true"));

        assertThat(status(all, "GET", path, "127.0.0.1", null)).isEqualTo(closed ? 401 : 0);
        assertThat(status(open, "GET", path, "127.0.0.1", null)).isEqualTo(closedWhereMetricsAreOpen ? 401 : 0);
        assertThat(status(all, "GET", path, "127.0.0.1", "Bearer " + TOKEN)).isZero();
        assertThat(status(all, "GET", path, "127.0.0.1", "bearer " + TOKEN)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "0123456789abcdef",
                "Bearer 0123456789abcdeF",
                "Bearer 0123456789abcde",
                "Bearer 0123456789abcdef0",
                "Bearer 0123456789abcdef, Bearer x",
                "Basic 0123456789abcdef",
                "Basic OjAxMjM0NTY3ODlhYmNkZWY="
            })
    void shouldRefuseAnyOtherToken(String authorization) {
        var access = access(Map.of("admin.token", TOKEN));

        assertThat(status(access, "GET", "/metrics", "127.0.0.1", authorization))
                .isEqualTo(401);
    }

    @Test
    void shouldReadTheTokenFromAFileThatBeatsTheSetting(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");

        assertThat(settings(Map.of("admin.token.file", file.toString(), "admin.token", "another-token-of-16"))
                        .accessToken())
                .hasValue(TOKEN);
        assertThat(settings(Map.of("admin.token", TOKEN)).accessToken()).hasValue(TOKEN);
        assertThat(settings(Map.of()).accessToken()).isEmpty();
        assertThat(settings(Map.of("admin.token", TOKEN)).toString()).doesNotContain(TOKEN);
    }

    @Test
    void shouldRefuseWhatIsNoToken(@TempDir Path folder) throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "\n");

        assertThatThrownBy(() ->
                        settings(Map.of("admin.token.file", empty.toString())).accessToken())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("openssl rand -hex 32");
        assertThatThrownBy(() ->
                        settings(Map.of("admin.token.file", folder + "/none")).accessToken())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("cannot be read");
        for (String wrong : new String[] {"short", "0123456789 abcdef", "0123456789abcdé0"}) {
            assertThatThrownBy(() -> settings(Map.of("admin.token", wrong)).accessToken())
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("admin.token")
                    .hasMessageNotContaining(wrong);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1", "forwarder.example"})
    void shouldNotListenBeyondThisMachineWithoutAToken(String host) {
        assertThatThrownBy(() -> settings(Map.of("admin.host", host)).requireToken())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("admin.token.file");
        settings(Map.of("admin.host", host, "admin.token", TOKEN)).requireToken();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "::1", "127.0.0.53"})
    void shouldListenOnThisMachineWithoutAToken(String host) {
        settings(Map.of("admin.host", host)).requireToken();
    }

    /** Siblings: the header of each browser and of none, over https and plain, through a proxy, from a file. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "none, none, 0",
                "none, same-origin, 0",
                "http://127.0.0.1:8080, none, 0",
                "https://127.0.0.1:8080, none, 0",
                "https://evil.example, same-origin, 0",
                "https://evil.example, none, 403",
                "http://127.0.0.1:8081, none, 403",
                "http://127.0.0.1, none, 403",
                "null, none, 403",
                "http://127.0.0.1:8080, cross-site, 403",
                "none, cross-site, 403",
                "none, same-site, 403",
                "none, '', 403",
            })
    void shouldTakeNoCommandFromAnotherOrigin(String origin, String fetchSite, int status) {
        AdminAccess access = access(Map.of("admin.token", TOKEN));
        var question = new AdminAccess.Question(
                "POST",
                "/command",
                "127.0.0.1",
                "127.0.0.1:8080",
                access.caller("Bearer " + TOKEN),
                "application/json",
                origin,
                fetchSite);

        assertThat(access.refusal(question).map(AdminAccess.Refusal::status).orElse(0))
                .isEqualTo(status);
    }

    @Test
    void shouldLetReadersReadAndOperatorsAct(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("tokens"), "# who\n\n" + OPERATOR.formatted(Sha256.hex("operator-of-this-test")) + "\n");
        AdminAccess access = access(Map.of(
                "admin.tokens",
                        READER.formatted(Sha256.hex("reader-of-this-test")).toUpperCase(Locale.ROOT),
                "admin.tokens.file", file.toString()));

        assertThat(access.caller("Bearer reader-of-this-test").orElseThrow().role())
                .isEqualTo(AdminToken.AdminRole.READER);
        assertThat(access.caller("Bearer operator-of-this-test").orElseThrow().name())
                .isEqualTo("alice");
        for (String each : List.of("reader-of-this-test", "operator-of-this-test")) {
            assertThat(status(access, "GET", "/command", "127.0.0.1", "Bearer " + each))
                    .isZero();
        }
        assertThat(status(access, "POST", "/command", "127.0.0.1", "Bearer reader-of-this-test", "application/json"))
                .isEqualTo(403);
        assertThat(status(access, "POST", "/command", "127.0.0.1", "Bearer operator-of-this-test", "application/json"))
                .isZero();
        assertThat(status(access, "GET", "/command", "127.0.0.1", "Bearer " + Sha256.hex("reader-of-this-test")))
                .as("a hash is no token")
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice",
                "operator:alice",
                "operator:alice:9f86",
                "root:alice:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "operator::9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "operator:a b:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "operator:alice:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08:x",
                "operator:alice:zf86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
            })
    void shouldRefuseAnEntryThatIsNoToken(String entry, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("tokens"), entry);

        for (var wrong : List.of(Map.of("admin.tokens", entry), Map.of("admin.tokens.file", file.toString()))) {
            assertThatThrownBy(() -> settings(wrong).acceptedTokens())
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("ROLE:NAME:SHA256")
                    .hasMessageContaining("sha256sum");
        }
    }

    private static AdminAccess access(Map<String, String> given) {
        AdminSettings settings = settings(given);
        return new AdminAccess(settings, settings.acceptedTokens(), PATHS);
    }

    private static int status(AdminAccess access, String method, String path, String host, String authorization) {
        return status(access, method, path, host, authorization, null);
    }

    private static int status(
            AdminAccess access, String method, String path, String host, String authorization, String type) {
        return access.refusal(new AdminAccess.Question(
                        method, path, host, host, access.caller(authorization), type, null, null))
                .map(AdminAccess.Refusal::status)
                .orElse(0);
    }

    private static AdminSettings settings(Map<String, String> given) {
        return Settings.load(ConfigSources.none().with(given, "test")).admin();
    }
}
