package io.usageflow.schema.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.client.SchemaRegistries;
import io.usageflow.schema.registry.http.RegistryClientSettings.RetryPolicy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RegistryClientSettingsTest {
    @Test
    void shouldReadAddressesInOrderWithoutTheirSecrets() {
        RegistryClientSettings settings = RegistryClientSettings.from(
                Map.of("schema.registry.url", "http://user:secret@127.0.0.1:8081/ , https://b/apis/ccompat/v7/"));

        assertThat(settings.addresses())
                .containsExactly(URI.create("http://127.0.0.1:8081"), URI.create("https://b/apis/ccompat/v7"));
        assertThat(settings.credentials().header()).hasValue("Basic dXNlcjpzZWNyZXQ=");
        assertThat(settings.toString()).doesNotContain("secret").doesNotContain("dXNlcjpzZWNyZXQ");
    }

    @Test
    void shouldHaveDefaults() {
        RegistryClientSettings settings =
                RegistryClientSettings.from(Map.of("schema.registry.url", List.of("http://a:1")));

        assertThat(settings)
                .isEqualTo(new RegistryClientSettings(
                        List.of(URI.create("http://a:1")),
                        RegistryCredentials.none(),
                        java.util.Optional.empty(),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        new RetryPolicy(3, Duration.ofMillis(200), Duration.ofSeconds(5))));
    }

    @Test
    void shouldTakeKafkasPasswordType() {
        RegistryClientSettings settings = RegistryClientSettings.from(
                Map.of("schema.registry.url", "https://a:1", "basic.auth.user.info", new Password("user:secret")));

        assertThat(settings.credentials().header()).hasValue("Basic dXNlcjpzZWNyZXQ=");
    }

    /** Siblings: each way to give credentials, the second of two addresses, and who may be reached in the clear all the same. */
    @Test
    void shouldSendCredentialsInTheClearToNamedHostsOnly() {
        Map<String, Object> basic = Map.of("basic.auth.user.info", "user:secret");
        Map<String, Object> bearer = Map.of("bearer.auth.token", "secret");

        for (Map<String, Object> credentials : List.of(basic, bearer)) {
            for (String url :
                    List.of("http://a:1", "HTTP://a", "http://127.0.0.1.evil.example", "https://b,http://a:1")) {
                assertThatThrownBy(() -> with(url, credentials, Map.of()))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining("schema.registry.plain.http.hosts")
                        .hasMessageNotContaining("secret");
            }
            for (String url : List.of("https://a:1", "http://localhost", "http://127.0.0.2:8081", "http://[::1]:1")) {
                assertThat(with(url, credentials, Map.of()).credentials().header())
                        .isPresent();
            }
            assertThat(with("http://a:1", credentials, Map.of("schema.registry.plain.http.hosts", "b, a"))
                            .credentials()
                            .header())
                    .isPresent();
        }
        assertThatThrownBy(() -> with("http://user:secret@a:1", Map.of(), Map.of()))
                .hasMessageContaining("https")
                .hasMessageNotContaining("secret");
        assertThat(with("http://a:1", Map.of(), Map.of()).addresses()).hasSize(1);
    }

    private static RegistryClientSettings with(String url, Map<String, Object> credentials, Map<String, Object> more) {
        var all = new java.util.HashMap<String, Object>(credentials);
        all.put("schema.registry.url", url);
        all.putAll(more);
        return RegistryClientSettings.from(all);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("schema.registry.url", Map.of("schema.registry.url", "")),
                Arguments.of("schema.registry.url", Map.of("schema.registry.url", "localhost:8081")),
                Arguments.of("schema.registry.url", Map.of("schema.registry.url", "ftp://a:1")),
                Arguments.of("schema.registry.url", Map.of("schema.registry.url", "http://a:1?secret=2")),
                Arguments.of("schema.registry.url", Map.of("schema.registry.url", "http://user:secret@bad host")),
                Arguments.of("schema.registry.url", Map.of("schema.registry.url", "mock://a,http://b:1")),
                Arguments.of("basic.auth.credentials.source", Map.of("basic.auth.credentials.source", "SASL_INHERIT")),
                Arguments.of("basic.auth.user.info", Map.of("basic.auth.credentials.source", "USER_INFO")),
                Arguments.of("basic.auth.user.info", Map.of("basic.auth.user.info", "secret")),
                Arguments.of(
                        "bearer.auth.token",
                        Map.of("bearer.auth.token", "secret", "basic.auth.user.info", "user:secret")),
                Arguments.of("bearer.auth.token", Map.of("bearer.auth.token", "se\ncret")),
                Arguments.of("http.read.timeout.ms", Map.of("http.read.timeout.ms", "soon")),
                Arguments.of("http.connect.timeout.ms", Map.of("http.connect.timeout.ms", "0")),
                Arguments.of("max.retries", Map.of("max.retries", "-1")),
                Arguments.of(
                        "schema.registry.ssl.truststore.location",
                        Map.of("schema.registry.ssl.truststore.location", "/no/such/store")));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void shouldNameTheKeyOfAMistakeAndNoSecret(String key, Map<String, String> mistake) {
        Map<String, Object> config = new HashMap<>(Map.of("schema.registry.url", "http://a:1"));
        config.putAll(mistake);

        assertThatThrownBy(() -> SchemaRegistries.connect(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    @Test
    void shouldShowNoStorePassword(@TempDir Path directory) throws Exception {
        Path store = Files.writeString(directory.resolve("trust.jks"), "no key store");
        Map<String, String> config = Map.of(
                "schema.registry.url", "https://a:1",
                "schema.registry.ssl.truststore.location", store.toString(),
                "schema.registry.ssl.truststore.password", "secret",
                "schema.registry.ssl.truststore.type", "PKCS12");

        assertThat(RegistryClientSettings.from(config).toString())
                .contains("PKCS12", "trust.jks")
                .doesNotContain("secret");
        assertThatThrownBy(() -> SchemaRegistries.connect(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("schema.registry.ssl.truststore.location")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    @Test
    void shouldShareARegistryAmongTheSameSettings() {
        Map<String, String> config = Map.of("schema.registry.url", "https://a:1");

        SchemaRegistry one = SchemaRegistries.connect(config);

        assertThat(SchemaRegistries.connect(config)).isSameAs(one);
        assertThat(SchemaRegistries.connect(Map.of("schema.registry.url", "https://a:2")))
                .isNotSameAs(one);
        assertThat(SchemaRegistries.connect(
                        Map.of("schema.registry.url", "https://a:1", "basic.auth.user.info", "u:p")))
                .isNotSameAs(one);
    }
}
