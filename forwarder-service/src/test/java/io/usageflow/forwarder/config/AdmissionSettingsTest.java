package io.usageflow.forwarder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.config.AdmissionSettings.Unlinked.Policy;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionSettingsTest {
    @Test
    void shouldHaveTheDocumentedDefaults() {
        AdmissionSettings settings = of(Map.of());

        assertThat(settings.guard().window()).isEqualTo(Duration.ofDays(35));
        assertThat(settings.guard().skew()).isEqualTo(Duration.ofHours(1));
        assertThat(settings.unlinked().customers()).isEqualTo(Policy.PARK);
        assertThat(settings.unlinked().vendors()).isEqualTo(Policy.PASSTHROUGH);
        assertThat(settings.parking().ageMax()).isEqualTo(Duration.ofDays(7));
        assertThat(settings.engine().applicationId()).isEmpty();
        assertThat(settings.engine().latencyTarget()).isEqualTo(Duration.ofMillis(100));
    }

    @ParameterizedTest
    @CsvSource({
        "admission.dedup.window, soon",
        "admission.clock.skew, -1h",
        "admission.customers.unlinked, drop",
        "admission.threads, 0",
        "admission.event.max.bytes, 1",
    })
    void shouldNameTheKeyThatIsWrong(String key, String value) {
        assertThatThrownBy(() -> of(Map.of(key, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key);
    }

    @Test
    void shouldRefuseAWindowThatTheSkewEatsUp() {
        assertThatThrownBy(() -> of(Map.of("admission.dedup.window", "2h")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("admission.dedup.window")
                .hasMessageContaining("admission.clock.skew");
    }

    @Test
    void shouldDocumentEveryKey() {
        assertThat(AdmissionSettings.define(new ConfigDef()).configKeys().values())
                .allSatisfy(key -> {
                    assertThat(key.name).startsWith("admission.");
                    assertThat(key.documentation).isNotBlank();
                    assertThat(key.group).isEqualTo("Admission");
                    assertThat(key.displayName).isEqualTo(key.name);
                });
    }

    private static AdmissionSettings of(Map<String, String> given) {
        return AdmissionSettings.from(new AbstractConfig(Settings.definition(), given, false));
    }
}
