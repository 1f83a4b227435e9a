package io.usageflow.forwarder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.config.CredytSettings.ProxySettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredytSettingsTest {
    private static CredytSettings settings(Map<String, String> given) {
        return CredytSettings.from(new AbstractConfig(CredytSettings.define(new ConfigDef()), given, false));
    }

    @Test
    void shouldHaveDefaultsThatAreValid() {
        CredytSettings settings = settings(Map.of());

        assertThat(settings.url()).hasToString("https://api.credyt.ai");
        assertThat(settings.connecting().timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.connecting().responseTimeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void shouldReadAccountAndExpectedMode() {
        assertThat(settings(Map.of()).account()).isEmpty();
        assertThat(settings(Map.of()).expectedMode()).isEmpty();
        CredytSettings settings =
                settings(Map.of(CredytSettings.ACCOUNT, " acc_1 ", CredytSettings.EXPECT_MODE, "Live"));
        assertThat(settings.account()).contains("acc_1");
        assertThat(settings.expectedMode()).contains(CredytSettings.Mode.LIVE);
        assertThat(settings.inAnyMode().expectedMode()).isEmpty();
        for (Map<String, String> wrong : List.of(
                Map.of(CredytSettings.ACCOUNT, "acc_1\nX-Other: 1"), Map.of(CredytSettings.EXPECT_MODE, "sandbox"))) {
            assertThatThrownBy(() -> settings(wrong)).isInstanceOf(ConfigException.class);
        }
    }

    @Test
    void shouldHideTheKey() {
        assertThat(settings(Map.of(CredytSettings.API_KEY, "top-secret")))
                .asString()
                .doesNotContain("top-secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://api.credyt.ai",
                "https://api.credyt.ai/",
                "http://127.0.0.1:8090",
                "http://localhost:8090",
                "http://[::1]:8090",
                "http://127.8.9.1",
                "http://sandbox:8090"
            })
    void shouldAllowHttpsAndThisMachineAndWhatIsNamed(String url) {
        assertThat(settings(Map.of(CredytSettings.URL, url, CredytSettings.PLAIN_HTTP_HOSTS, "sandbox"))
                        .url()
                        .toString())
                .isEqualTo(url.replaceAll("/$", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://api.credyt.ai",
                "http://10.0.0.1:8090",
                "http://127.0.0.1.evil.example",
                "http://localhost.evil.example",
                "http://127.0.0.1@evil.example",
                "ftp://127.0.0.1",
                "api.credyt.ai",
                "https://api.credyt.ai?key=1",
                "https://"
            })
    void shouldRefuseWhatWouldSendTheKeyInTheClearOrElsewhere(String url) {
        assertThatThrownBy(() -> settings(Map.of(CredytSettings.URL, url)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("credyt.url");
    }

    @Test
    void shouldTakeAProxyWithItsLoginAndHideThePassword() {
        CredytSettings settings = settings(Map.of(CredytSettings.PROXY, "http://me:p%40ss+%3A@proxy.example:3128/"));

        ProxySettings proxy = settings.proxy().orElseThrow();
        assertThat(proxy.host()).isEqualTo("proxy.example");
        assertThat(proxy.port()).isEqualTo(3128);
        assertThat(proxy.login().orElseThrow().user()).isEqualTo("me");
        assertThat(proxy.login().orElseThrow().password().value()).isEqualTo("p@ss+:");
        assertThat(settings).asString().doesNotContain("p@ss", "p%40ss");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy.example:3128",
                "https://me:hush@proxy.example:3128",
                "http://me:hush@proxy.example",
                "http://hush@proxy.example:3128",
                "http://me:hush@proxy.example:3128/path",
                "http://me:hu sh@proxy.example:3128",
                "http://me:hush%zz@proxy.example:3128",
                "socks5://me:hush@proxy.example:1080"
            })
    void shouldRefuseAProxyWithoutRepeatingItsPassword(String url) {
        assertThatThrownBy(() -> settings(Map.of(CredytSettings.PROXY, url)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("credyt.proxy.url")
                .hasMessageNotContaining("hu")
                .hasNoCause();
    }

    @Test
    void shouldRefuseAProxyThatWouldSeeTheKey() {
        assertThatThrownBy(() -> settings(Map.of(
                        CredytSettings.URL,
                        "http://127.0.0.1:8090",
                        CredytSettings.PROXY,
                        "http://proxy.example:3128")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("credyt.proxy.url")
                .hasMessageContaining("in the clear");
    }

    @Test
    void shouldKnowWhetherThereIsAKey() {
        assertThat(settings(Map.of()).apiKey().isMissing()).isTrue();
        assertThat(settings(Map.of(CredytSettings.API_KEY, " ")).apiKey().isMissing())
                .isTrue();
        assertThat(settings(Map.of(CredytSettings.API_KEY, "k")).apiKey().isMissing())
                .isFalse();
        assertThat(settings(Map.of(CredytSettings.API_KEY_FILE, "/run/secrets/key"))
                        .apiKey()
                        .isMissing())
                .isFalse();
    }
}
