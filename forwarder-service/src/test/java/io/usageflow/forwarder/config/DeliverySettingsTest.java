package io.usageflow.forwarder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliverySettingsTest {
    private static DeliverySettings settings(Map<String, String> given) {
        return DeliverySettings.from(new AbstractConfig(Settings.definition(), given, false));
    }

    @Test
    void shouldHaveDefaultsThatAreValid() {
        DeliverySettings settings = settings(Map.of());

        assertThat(settings.batching())
                .isEqualTo(new DeliverySettings.Batching(DeliverySettings.Order.CUSTOMER, 100, 200 * 1024));
        assertThat(settings.inFlight()).isEqualTo(new DeliverySettings.InFlight(16, 256));
        assertThat(settings.stepAside())
                .isEqualTo(new DeliverySettings.StepAside(
                        Duration.ofMinutes(15), Duration.ofMinutes(15), Optional.empty(), Optional.empty(), 10_000));
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

    @ParameterizedTest
    @CsvSource({
        "delivery.batch.max.events,0", "delivery.order,partition", "delivery.retry.min,soon",
        "delivery.max.in.flight,-1", "latency.target,0ms", "delivery.retry.min,10m",
        "delivery.circuit.wait.min,31s"
    })
    void shouldNameTheKeyThatIsWrong(String key, String value) {
        assertThatThrownBy(() -> settings(Map.of(key, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key);
    }

    @ParameterizedTest
    @CsvSource({"5ms,PT0.05S", "30ms,PT0.3S", "100ms,PT1S", "1s,PT1S"})
    void shouldLetReceiptsWaitTenTimesAsLongAsEventsAndAtMostASecond(String latencyTarget, Duration wait) {
        assertThat(settings(Map.of(ProcessSettings.LATENCY_TARGET, latencyTarget))
                        .settling()
                        .interval())
                .isEqualTo(wait);
    }

    @Test
    void shouldNotStartWithMoreInFlightThanTheMaximum() {
        assertThat(settings(Map.of(DeliverySettings.IN_FLIGHT_MAX, "4")).inFlight())
                .isEqualTo(new DeliverySettings.InFlight(4, 4));
    }
}
