package io.usageflow.schema.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTrafficTest {
    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1", "[::1]", "0:0:0:0:0:0:0:1"})
    void shouldKnowThisMachine(String host) {
        assertThat(PlainTraffic.isThisMachine(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0.0.0.0", "::", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "1270.0.0.1"
            })
    void shouldTakeNothingElseForIt(String host) {
        assertThat(PlainTraffic.isThisMachine(host)).isFalse();
        assertThat(PlainTraffic.isAllowed(host, List.of("Registry"))).isFalse();
        assertThat(PlainTraffic.isAllowed("registry", List.of("Registry"))).isTrue();
    }

    @Test
    void shouldShowAddressesWithoutTheirSecrets() {
        assertThat(PlainTraffic.withoutUserInfo("https://me:hush@a:1/p, http://b:2,https://x:p w@c"))
                .isEqualTo("https://***@a:1/p, http://b:2,https://***@c");
        assertThat(PlainTraffic.withoutUserInfo("https://a/@b")).isEqualTo("https://a/@b");
    }

    @Test
    void shouldTellOfAPasswordOfKafkaInTheClear() {
        assertThat(clear("SASL_PLAINTEXT", "PLAIN", "kafka:9092")).isTrue();
        assertThat(clear("sasl_plaintext", "OAUTHBEARER", "127.0.0.1:9092,kafka:9092"))
                .isTrue();
        assertThat(clear("SASL_PLAINTEXT", "SCRAM-SHA-512", "kafka:9092"))
                .as("sends a proof")
                .isFalse();
        assertThat(clear("SASL_SSL", "PLAIN", "kafka:9092")).isFalse();
        assertThat(clear("SASL_PLAINTEXT", "PLAIN", "localhost:9092, [::1]:9092"))
                .isFalse();
        assertThat(PlainTraffic.passwordInClear(Map.of())).isEmpty();
    }

    private static boolean clear(String protocol, String mechanism, String servers) {
        return PlainTraffic.passwordInClear(Map.of(
                        "security.protocol", protocol, "sasl.mechanism", mechanism, "bootstrap.servers", servers))
                .isPresent();
    }
}
