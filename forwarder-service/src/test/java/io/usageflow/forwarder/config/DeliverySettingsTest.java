package io.usageflow.forwarder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeliverySettingsTest {
    private static DeliverySettings settings(Map<String, String> given) {
        return DeliverySettings.from(new AbstractConfig(DeliverySettings.define(new ConfigDef()), given, false));
    }

    @Test
    void shouldHaveDefaultsThatAreValid() {
        DeliverySettings settings = settings(Map.of());

        assertThat(settings.credyt().url()).hasToString("https://api.credyt.ai");
        assertThat(settings.batching())
                .isEqualTo(new DeliverySettings.Batching(DeliverySettings.Order.CUSTOMER, 100, 200 * 1024));
        assertThat(settings.inFlight()).isEqualTo(new DeliverySettings.InFlight(16, 256));
        assertThat(settings.stepAside())
                .isEqualTo(new DeliverySettings.StepAside(
                        Duration.ofMinutes(15), Duration.ofMinutes(15), Optional.empty(), 10_000));
    }

    @Test
    void shouldTakeADeadlineOrNone() {
        assertThat(settings(Map.of(DeliverySettings.OUTAGE_DEADLINE, "6h"))
                        .stepAside()
                        .outageDeadline())
                .contains(Duration.ofHours(6));
        assertThat(settings(Map.of(DeliverySettings.OUTAGE_DEADLINE, " Off "))
                        .stepAside()
                        .outageDeadline())
                .isEmpty();
        assertThatThrownBy(() -> settings(Map.of(DeliverySettings.OUTAGE_DEADLINE, "never")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(DeliverySettings.OUTAGE_DEADLINE)
                .hasMessageContaining("write 500ms");
    }

    @Test
    void shouldHideTheKey() {
        assertThat(settings(Map.of(DeliverySettings.CREDYT_API_KEY, "top-secret")))
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
        assertThat(settings(Map.of(DeliverySettings.CREDYT_URL, url, DeliverySettings.PLAIN_HTTP_HOSTS, "sandbox"))
                        .credyt()
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
        assertThatThrownBy(() -> settings(Map.of(DeliverySettings.CREDYT_URL, url)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("credyt.url");
    }

    @ParameterizedTest
    @CsvSource({
        "delivery.batch.max.events,0", "delivery.order,partition", "delivery.retry.min,soon",
        "delivery.max.in.flight,-1", "delivery.settle.interval,0ms", "delivery.retry.min,10m",
        "delivery.circuit.wait.min,31s"
    })
    void shouldNameTheKeyThatIsWrong(String key, String value) {
        assertThatThrownBy(() -> settings(Map.of(key, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key);
    }

    @Test
    void shouldNotStartWithMoreInFlightThanTheMaximum() {
        assertThat(settings(Map.of(DeliverySettings.IN_FLIGHT_MAX, "4")).inFlight())
                .isEqualTo(new DeliverySettings.InFlight(4, 4));
    }
}
